"""Ctrl-C while the program loads: one line and an exit code, as at any later time.

Loading takes a second, most of it for the libraries of tables. Who uses this package as a library
gets the KeyboardInterrupt itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INTERRUPTED = 130
"""Exit code of a program that Ctrl-C ended: 128 and the number of SIGINT, as shells have it."""

_PROGRAM = ("-m", "waitlist-merge")
"""What the program is called while it loads: Python says "-m" until it has found what to run."""


@contextmanager
def loading(*, program: bool = False) -> Iterator[None]:
    """Turns an interrupt within it into one line, where a program is loaded and not a library."""
    try:
        yield
    except KeyboardInterrupt:
        if not (program or Path(sys.argv[0]).stem in _PROGRAM):
            raise
        sys.stderr.write("waitlist-merge: interrupted; nothing was written\n")
        sys.exit(INTERRUPTED)
