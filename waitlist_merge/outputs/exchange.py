"""Two folders swap names at one instant, where the system can do that.

Linux has ``renameat2`` with RENAME_EXCHANGE since 3.15, on ext4, xfs, btrfs, tmpfs and others; the
caller needs another way where this answers False.

>>> import tempfile
>>> folder = Path(tempfile.mkdtemp())
>>> exchange(folder / "missing", folder)
Traceback (most recent call last):
FileNotFoundError: [Errno 2] No such file or directory
"""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

AT_FDCWD = -100
RENAME_EXCHANGE = 2
"""From linux/fcntl.h and linux/fs.h: paths are relative to here; swap the two names."""

NO_EXCHANGE = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP})
"""What the system says where the kernel or the file system cannot exchange."""


def exchange(one: Path, other: Path) -> bool:
    """Swap the names of two folders; False, with nothing done, where the system cannot.

    OSError where it can but may not, or where one of the two is missing.
    """
    if os.name != "posix":
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    paths = AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other)
    if renameat2(*paths, RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in NO_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code))
