"""``python -m waitlist_merge`` is the command line."""

from __future__ import annotations

from waitlist_merge.cli import main

if __name__ == "__main__":
    main()
