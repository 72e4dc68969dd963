"""The NHS numbers that can be trusted, and the scheme that each belongs to.

Ten digits, the last a check digit (domain 3). Every repeated digit passes the check, so
placeholders are listed or recognised by pattern; Scottish, Northern Irish, Irish and test numbers
pass too and are told apart by their range.

>>> reading = read_nhs_numbers(as_texts(["999 012 3462", "999-012-3463", "9999999999"]))
>>> reading.values.tolist()
['9990123462', None, None]
>>> reading.faults[Fault.CHECK_DIGIT].tolist(), reading.faults[Fault.PLACEHOLDER].tolist()
([False, True, False], [False, False, True])
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from waitlist_merge.normalise.reading import (
    DIGITS_LOST,
    Mask,
    Reading,
    Texts,
    as_texts,
    is_blank,
    matched,
    missing,
    rewritten,
)
from waitlist_merge.reasons import Fault
from waitlist_merge.reference import load

WEIGHTS: Final = np.array([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], dtype=np.int64)
"""Weights of the ten digits: a number holds where their weighted sum is a multiple of 11, which
says the same as the data dictionary's rule for the check digit (domain 3)."""

_RANGES = load("nhs_number_ranges")
_STARTS: Final = _RANGES["start"].to_numpy(dtype=np.int64)
_KINDS: Final[Texts] = as_texts(_RANGES["kind"])
_SENTINELS: Final = load("nhs_number_sentinels")["value"].to_numpy(dtype=np.int64)
_PLACES: Final = 10 ** np.arange(9, -1, -1, dtype=np.int64)

_SEPARATORS = r"[\s\p{Z}\p{Pd}._]+"
_HEADED = r"(?i)^['’]?(?:NHS|CHI|H&C)?\s*(?:no|num|number)?[\s.:#]*"
_WORDS = r"(?i)^[^\d]+$"


_AT_A_TIME: Final = 1 << 14
"""Texts whose digits are looked at together: they fit the cache."""


def as_numbers(texts: Sequence[str] | Texts | pa.Array) -> NDArray[np.int64]:
    """Ten-digit texts as integers; -1 for any other text and for a missing one.

    >>> as_numbers(as_texts(["9990123462", "999", None])).tolist()
    [9990123462, -1, -1]
    """
    numbers = np.full(len(texts), -1, dtype=np.int64)
    for at in range(0, len(texts), _AT_A_TIME):
        rows, digits = _ten_digits(texts[at : at + _AT_A_TIME])
        numbers[rows + at] = (digits @ _PLACES.astype(np.float64)).astype(np.int64)
    return numbers


def is_usable_number(texts: Texts | pa.Array) -> Mask:
    """True where a text is ten digits that pass the check and stand for no missing number.

    >>> is_usable_number(as_texts(["9990123462", "999 012 3462", "9999999999"])).tolist()
    [True, False, False]
    """
    usable = np.zeros(len(texts), dtype=bool)
    for at in range(0, len(texts), _AT_A_TIME):
        rows, digits = _ten_digits(texts[at : at + _AT_A_TIME])
        numbers, sums = (digits @ _PLACES_AND_WEIGHTS).T
        after = np.searchsorted(_STAND_INS, numbers).clip(max=len(_STAND_INS) - 1)
        usable[rows + at] = (sums.astype(np.int64) % 11 == 0) & (_STAND_INS[after] != numbers)
    return usable


def is_nhs_number(texts: Texts | pa.Array) -> Mask:
    """True where a text is a usable number of the scheme of England, Wales and the Isle of Man.

    >>> is_nhs_number(as_texts(["4012345672", "9990123462"])).tolist()
    [True, False]
    """
    mask: Mask = is_usable_number(texts) & (nhs_number_kinds(texts) == _NHS)
    return mask


def _ten_digits(
    texts: Sequence[str] | Texts | pa.Array,
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Which texts are ten digits, and the digits of those, one row each."""
    held = pa.array(texts, pa.large_string())
    _, offsets, letters = held.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[held.offset : held.offset + len(texts) + 1]
    ten = np.flatnonzero(np.diff(ends) == _DIGITS)
    if not len(ten):
        return ten, np.empty((0, _DIGITS))
    held_letters = np.frombuffer(letters, dtype=np.uint8)
    if len(ten) == len(texts):
        digits = held_letters[ends[0] : ends[-1]].reshape(-1, _DIGITS) - np.uint8(ord("0"))
    else:
        digits = held_letters[ends[ten, None] + np.arange(_DIGITS)] - np.uint8(ord("0"))
    if digits.max() > _NINE:
        numeric = digits.max(axis=1) <= _NINE
        ten, digits = ten[numeric], digits[numeric]
    return ten, digits.astype(np.float64)


_DIGITS: Final = 10
_PLACES_AND_WEIGHTS: Final = np.stack([_PLACES, WEIGHTS], axis=1).astype(np.float64)
_NINE: Final = 9
_STAND_INS: Final = np.unique(
    [
        *_SENTINELS,
        *(1_111_111_111 * np.arange(10)),
        *np.add.outer(_PLACES[0] * np.arange(10), np.arange(10)).ravel(),
    ]
).astype(np.float64)
"""Listed, one digit ten times, or only zeros between the ends (``is_placeholder_number``)."""


def digit_matrix(numbers: Texts) -> NDArray[np.uint8]:
    """The digits of ten-digit texts, one row each; every text must be ten ASCII digits."""
    joined = "".join(numbers.tolist()).encode("ascii")
    matrix: NDArray[np.uint8] = np.frombuffer(joined, dtype=np.uint8).reshape(-1, 10) - ord("0")
    return matrix


def check_digit_holds(numbers: Iterable[str]) -> Mask:
    """True where a text is ten digits whose last is the right check digit (mod 11).

    >>> check_digit_holds(["9990123462", "9990123463", "999"]).tolist()
    [True, False, False]
    """
    texts = as_texts(numbers)
    holds: Mask = matched(texts, r"^[0-9]{10}$")
    holds[holds] = digit_matrix(texts[holds]) @ WEIGHTS % 11 == 0
    return holds


def with_check_digit(stems: NDArray[np.int64]) -> NDArray[np.int64]:
    """The ten-digit numbers whose first nine digits are given; -1 where no check digit exists.

    >>> with_check_digit(np.array([999012346, 999012342])).tolist()
    [9990123462, -1]
    """
    digits = stems[:, None] // 10 ** np.arange(8, -1, -1) % 10
    check = -(digits @ WEIGHTS[:9]) % 11
    numbers: NDArray[np.int64] = np.where(check == 10, -1, stems * 10 + check)
    return numbers


def nhs_number_kind(numbers: Iterable[str | None]) -> Texts:
    """The scheme of each number: ``nhs``, ``chi``, ``hc``, ``ihi``, ``test`` or ``not_issued``.

    Ranges from the nhs-number library (domain 3): issue policy may change, so a kind marks a
    number and rejects none. A CHI number begins with a day and month of birth; a number of that
    range that does not is ``not_issued``. None stays None.

    >>> nhs_number_kind(["4012345672", "0101501234", "9990123462", None]).tolist()
    ['nhs', 'chi', 'test', None]
    """
    kinds = nhs_number_kinds(as_texts(numbers))
    return np.asarray([*_NAMES_OF_KINDS, None], dtype=object)[kinds]


def nhs_number_kinds(numbers: Sequence[str] | Texts | pa.Array) -> NDArray[np.int8]:
    """The same as a code for each kind; -1 for what is not ten digits."""
    kinds = np.empty(len(numbers), dtype=np.int8)
    for at in range(0, len(numbers), _AT_A_TIME):
        values = as_numbers(numbers[at : at + _AT_A_TIME])
        some = _KIND_CODES[np.searchsorted(_STARTS, values, side="right") - 1]
        chi = np.flatnonzero(some == _CHI)
        some[chi[~_begins_with_day_and_month(values[chi])]] = _NOT_ISSUED
        some[values < 0] = -1
        kinds[at : at + _AT_A_TIME] = some
    return kinds


_NAMES_OF_KINDS: Final[Texts] = np.asarray(sorted({*_KINDS, "not_issued"}), dtype=object)
_KIND_CODES: Final = np.searchsorted(_NAMES_OF_KINDS, _KINDS).astype(np.int8)
_CHI, _NHS, _NOT_ISSUED = np.searchsorted(_NAMES_OF_KINDS, ["chi", "nhs", "not_issued"])


def _begins_with_day_and_month(numbers: NDArray[np.int64]) -> Mask:
    day, month = numbers // 10**8, numbers // 10**6 % 100
    mask: Mask = (day >= 1) & (day <= 31) & (month >= 1) & (month <= 12)
    return mask


def is_placeholder_number(numbers: Texts) -> Mask:
    """True where a ten-digit text stands in for a missing number.

    It is listed, one digit ten times, or has only zeros between its ends (1000000001), as a
    national audit met them (messy_values).
    """
    digits = digit_matrix(numbers)
    listed = np.isin(digits @ _PLACES, _SENTINELS)
    repeated = (digits == digits[:, :1]).all(axis=1)
    hollow = (digits[:, 1:-1] == 0).all(axis=1)
    mask: Mask = listed | repeated | hollow
    return mask


def read_nhs_numbers(texts: Texts) -> Reading:
    """The usable NHS number in each text.

    Spaces, hyphens, a leading ``NHS No`` and the ``.0`` of a spreadsheet number are no fault.
    Returns ten-digit texts; None for blanks, words, wrong lengths, failed checks, placeholders
    and numbers in scientific notation, each with its fault.
    """
    blank = is_blank(texts)
    bare = rewritten(texts, (_HEADED, ""), (r"^(\d+)\.0+$", r"\1"))
    digits = rewritten(bare, (_SEPARATORS, ""), (r"[;,/\\'\"`]+$", ""))
    lost = matched(bare, DIGITS_LOST)
    ten = matched(digits, r"^[0-9]{10}$") & ~lost
    placeholder = ten.copy()
    placeholder[ten] = is_placeholder_number(digits[ten])
    words = ~blank & matched(texts, _WORDS) & ~ten
    failed = ten & ~placeholder
    failed[failed] = ~check_digit_holds(digits[failed])
    usable = ten & ~placeholder & ~failed
    values = missing(len(texts))
    values[usable] = digits[usable]
    other = usable.copy()
    other[usable] = nhs_number_kind(digits[usable]) != "nhs"
    return Reading(
        values,
        {
            Fault.CHECK_DIGIT: failed,
            Fault.PLACEHOLDER: placeholder | words,
            Fault.DIGITS_LOST: lost,
            Fault.OTHER_NUMBER_KIND: other,
            Fault.NOT_UNDERSTOOD: ~(blank | lost | ten | words),
        },
    )
