"""Every error that this library raises on purpose, and how each is cured.

::

    WaitlistError                      base: one line, names the culprit and the cure
    ├── ConfigError (ValueError)       a setting, option or merge.toml is wrong      exit code 2
    ├── InputError (ValueError)        a file or frame cannot be used                exit code 3
    │   ├── RefusedExtract             one extract is refused, and why
    │   └── RefusedExtracts            all refused extracts of a run, together
    ├── OutputError (OSError)          the output folder cannot be written           exit code 3
    ├── MissingExtra (ImportError)     a package of an extra is not installed        exit code 2
    └── ConservationError (RuntimeError)   rows in and rows out do not agree         exit code 4

Messages never hold a value of a patient: a file, a column, a row number and a count are enough to
find the fault.

>>> raise RefusedExtract("RM3.csv", "it has a header but no rows", "send the list again")
Traceback (most recent call last):
waitlist_merge.errors.RefusedExtract: RM3.csv: it has a header but no rows; send the list again
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self


class WaitlistError(Exception):
    """Base of all errors raised on purpose; ``exit_code`` is what the command line returns."""

    exit_code = 3


class ConfigError(WaitlistError, ValueError):
    """A setting is wrong: the message names key, value, what is allowed, the nearest spelling."""

    exit_code = 2


class InputError(WaitlistError, ValueError):
    """An input cannot be used: the message names it, says what is there and what to do."""


class RefusedExtract(InputError):
    """One extract is refused: ``source`` (the file as given), ``problem`` and ``cure``."""

    def __init__(self, source: str, problem: str, cure: str) -> None:
        self.source, self.problem, self.cure = source, problem, cure
        super().__init__(f"{source}: {problem}; {cure}")

    def __reduce__(self) -> tuple[type[Self], tuple[str, str, str]]:
        """An error of three parts can be sent from one process to another."""
        return type(self), (self.source, self.problem, self.cure)


class RefusedExtracts(InputError):
    """Extracts of one run that were refused, all together: every file was still read."""

    def __init__(self, refused: Sequence[RefusedExtract]) -> None:
        self.refused = tuple(refused)
        super().__init__("\n".join(str(each) for each in self.refused))


class OutputError(WaitlistError, OSError):
    """The output folder cannot be used: the message says why and what to do; it is as it was."""


class MissingExtra(WaitlistError, ImportError):
    """What was asked for needs a package that is not installed: the message names the extra."""

    exit_code = 2


class ConservationError(WaitlistError, RuntimeError):
    """Rows in and rows out do not agree: a defect of this library, never of the data."""

    exit_code = 4
