"""``python -m waitlist_merge`` and the console script are the command line."""

from __future__ import annotations

from waitlist_merge.loading import loading


def main() -> None:
    """Load the command line and run it."""
    with loading(program=True):
        from waitlist_merge.cli import main as run  # noqa: PLC0415
    run()


if __name__ == "__main__":
    main()
