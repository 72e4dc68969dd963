"""Which pathway and booking identifiers of two entries are one?

A pathway identifier is only one with its issuer (domain 1.3). It is compared after its padding is
trimmed; a booking number (UBRN) may lie inside it, padded from 12 to 20 characters; screens print
15 of the 20 characters (domain 1.6). Codes are int32, -1 for missing.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from string import ascii_uppercase, digits

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from waitlist_merge.normalise.organisations import successors
from waitlist_merge.pathways.columns import (
    Bools,
    Codes,
    categories,
    numbered_together,
    renumbered,
    said,
    vocabulary,
)
from waitlist_merge.signs import signs

FULL_LENGTH = 20
"""Characters of a pathway identifier (Data Dictionary an20; domain 1.6)."""
PRINT_LENGTH = 15
"""Characters that some screens show of the 20 (RTT guidance Annex C; domain 1.6)."""
UBRN_LENGTH = 12
LEAST = 4
"""Characters without padding under which an identifier says nothing: '1' is not one pathway."""

_NOISE = re.compile(r"[^A-Z0-9]")
_ONE_SIGN = "^(?:" + "|".join(f"{sign}+" for sign in ascii_uppercase + digits) + ")$"
_PADDED = "0" * (FULL_LENGTH - UBRN_LENGTH)
_BOOKING = f"^(?:(?:{_PADDED})?(?P<a>[1-9][0-9]{{11}})|(?P<b>[1-9][0-9]{{11}}){_PADDED})$"


def stems_of(values: pa.Array) -> pa.Array:
    """Identifiers without padding: outer zeros in front, blanks, dashes; missing if too short.

    >>> stems_of(pa.array(["0000-0000 1234 5678", "rm3 0012", "0000001"])).to_pylist()
    ['12345678', 'RM30012', None]
    """
    return trimmed(bared(values))


@dataclass(frozen=True, eq=False, slots=True)
class Identifiers:
    """The identifiers of each entry as codes that are equal where the identifiers are.

    ``shown`` is the code of the first 15 characters, only of identifiers that no other one of 20
    characters shares them with; ``is_print`` marks identifiers of exactly 15.
    """

    ppid: Codes
    issuer: Codes
    ubrn: Codes
    inner_ubrn: Codes
    shown: Codes
    is_print: Bools
    entry: Codes
    referral: Codes


def identifiers(entries: pd.DataFrame) -> Identifiers:
    """The identifiers of the entries; issuers count as the organisations that succeeded them."""
    column, booked = (
        entries["patient_pathway_identifier"],
        entries["unique_booking_reference_number"],
    )
    code, written = said(column)
    booking, numbers = said(booked)
    raw = bared(written)
    stems = trimmed(raw)
    inner, own = numbered_together(booking_numbers(raw), stems_of(numbers))
    issuer = entries["pathway_identifier_issuer"]
    issuers = successors(categories(issuer))
    issuer_number = vocabulary(issuers)
    printed = pc.equal(pc.binary_length(raw), PRINT_LENGTH).to_numpy(zero_copy_only=False)
    return Identifiers(
        ppid=by_code(code, numbered_together(stems)[0]),
        issuer=renumbered(issuer, [issuer_number.get(each, -1) for each in issuers]),
        ubrn=by_code(booking, own),
        inner_ubrn=by_code(code, inner),
        shown=by_code(code, _prints(raw, stems, printed)),
        is_print=np.append(printed, False)[code],
        entry=_local(entries["waiting_list_entry_identifier"]),
        referral=_local(entries["referral_identifier"]),
    )


def bared(values: pa.Array) -> pa.Array:
    """Capitals and digits only."""
    if _all_plain(values):
        return values
    capitals = pc.utf8_upper(values)
    plain = pc.fill_null(pc.ascii_is_alnum(capitals), True)
    if pc.all(plain, min_count=0).as_py():
        return capitals
    return pc.replace_substring_regex(capitals, _NOISE.pattern, "")


def _all_plain(values: pa.Array) -> bool:
    """Are all texts of capitals and digits? Most lists write so: their bytes alone tell it."""
    told = signs(values)
    if not len(told.held):
        return True
    held = told.held[int(told.begin[0]) : int(told.begin[-1] + told.length[-1])]
    # What comes before the first of a run is above its last, as a byte below 0 begins at 255.
    capital, digit = (held - np.uint8(ord(first)) for first in "A0")
    return bool(((capital < len(ascii_uppercase)) | (digit < len(digits))).all())


def trimmed(raw: pa.Array) -> pa.Array:
    """Without outer zeros in front; missing where too little is left, or only one sign."""
    stem = unpadded(raw)
    few = pc.less(pc.binary_length(stem), LEAST)
    return _without(stem, pc.or_(few, _of_one_sign(stem)))


def unpadded(raw: pa.Array) -> pa.Array:
    """Without outer zeros in front, however little is left."""
    return pc.ascii_ltrim(raw, "0")


def _of_one_sign(values: pa.Array) -> pa.Array:
    """Which texts are one sign again and again? Only those that end as they begin are looked at."""
    told = signs(values)
    at = np.flatnonzero(told.length)
    ends_alike = np.zeros(len(values), dtype=bool)
    ends_alike[at] = told.held[told.begin[at]] == told.held[told.begin[at] + told.length[at] - 1]
    mask = pa.array(ends_alike)
    one = pc.match_substring_regex(values.filter(mask), _ONE_SIGN)
    return pc.replace_with_mask(pa.array(np.zeros(len(values), dtype=bool)), mask, one)


def booking_numbers(raw: pa.Array) -> pa.Array:
    """The booking number that each identifier is made of; missing where it is made otherwise."""
    number = pa.nulls(len(raw), pa.string())
    made = pc.fill_null(pc.and_(_is_long(raw), pc.ascii_is_decimal(raw)), False)
    if not pc.any(made, min_count=0).as_py():
        return number
    return pc.replace_with_mask(number, made, _numbers_within(raw.filter(made)))


def _is_long(raw: pa.Array) -> pa.Array:
    """As long as a booking number, or as long as a padded one and padded."""
    size = pc.binary_length(raw)
    padded = pc.or_(pc.starts_with(raw, _PADDED), pc.ends_with(raw, _PADDED))
    return pc.or_(pc.equal(size, UBRN_LENGTH), pc.and_(pc.equal(size, FULL_LENGTH), padded))


def _numbers_within(raw: pa.Array) -> pa.Array:
    found = pc.extract_regex(raw, _BOOKING)
    number = pc.binary_join_element_wise(*(pc.struct_field(found, each) for each in "ab"), "")
    number = pc.fill_null(number, "")
    return _without(
        number, pc.or_(pc.equal(number, ""), pc.match_substring_regex(number, _ONE_SIGN))
    )


def _without(values: pa.Array, unsaid: pa.Array) -> pa.Array:
    return pc.if_else(unsaid, pa.scalar(None, pa.string()), values)


def _local(column: pd.Series) -> Codes:
    """Local numbers are compared as they are: only case and blanks are noise."""
    code, written = said(column)
    bare = bared(written)
    return by_code(code, numbered_together(_without(bare, pc.equal(bare, "")))[0])


def by_code(code: Codes, number: Codes) -> Codes:
    """The number of each entry's value; -1 for missing."""
    return np.append(number, np.int32(-1))[code]


def _prints(raw: pa.Array, stems: pa.Array, printed: Bools) -> Codes:
    """Codes of the first 15 characters of prints and of what they may be prints of.

    Only where they tell identifiers apart: one full identifier, and not a run of one or two signs.
    """
    said = pc.is_valid(stems).to_numpy(zero_copy_only=False)
    heads = pc.utf8_slice_codeunits(raw, 0, PRINT_LENGTH)
    full = said & pc.equal(pc.binary_length(raw), FULL_LENGTH).to_numpy(zero_copy_only=False)
    shown = pc.is_in(heads, heads.filter(pa.array(printed & said))).to_numpy(zero_copy_only=False)
    at = np.flatnonzero(shown & (full | (printed & said)))
    some, whole = heads.take(pa.array(at)).to_pylist(), raw.take(pa.array(at)).to_pylist()
    length = Counter(
        head
        for head, each in dict.fromkeys(zip(some, whole, strict=True))
        if len(each) == FULL_LENGTH
    )
    number = vocabulary(
        distinct := [head if length[head] <= 1 and len(set(head)) > 2 else "" for head in some]
    )
    code = np.full(len(raw), -1, dtype=np.int32)
    code[at] = [number.get(head, -1) for head in distinct]
    return code
