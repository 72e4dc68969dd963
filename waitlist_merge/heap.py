"""Where does the memory go that a stage no longer needs? Back to the system, if it is asked to.

Arrays under 32 MB lie on the heap of the C library, which keeps what is freed between two that are
still in use: at a million entries a third of all that a run holds.

>>> give_back()
"""

from __future__ import annotations

import ctypes
import sys

import pyarrow as pa


def give_back() -> None:
    """Hand the free memory of this process back to the system, as far as it has a way to."""
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # not every C library has it
        if trim is not None:
            trim(0)
