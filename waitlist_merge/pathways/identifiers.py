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
from numpy.typing import NDArray

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
    return _stems(_bare(values))


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
    raw = _bare(written)
    stems = _stems(raw)
    inner, own = numbered_together(_booking_numbers(raw), stems_of(numbers))
    issuer = entries["pathway_identifier_issuer"]
    issuers = successors(categories(issuer))
    issuer_number = vocabulary(issuers)
    printed = pc.equal(pc.binary_length(raw), PRINT_LENGTH).to_numpy(zero_copy_only=False)
    return Identifiers(
        ppid=_each(code, numbered_together(stems)[0]),
        issuer=renumbered(issuer, [issuer_number.get(each, -1) for each in issuers]),
        ubrn=_each(booking, own),
        inner_ubrn=_each(code, inner),
        shown=_each(code, _prints(raw, stems, printed)),
        is_print=np.append(printed, False)[code],
        entry=_local(entries["waiting_list_entry_identifier"]),
        referral=_local(entries["referral_identifier"]),
    )


def perhaps_shared(entries: pd.DataFrame, patient: NDArray[np.integer]) -> tuple[Bools, Bools]:
    """Rows whose pathway or booking identifier another patient may have too, be it in another form.

    None that shares one is left out; some that do not are among them. It looks closely only at
    values that are written in more than one way, so that it costs little on a list of millions. The
    second mask is of rows whose first 15 characters tell which identifier it is.
    """
    code, written = said(entries["patient_pathway_identifier"])
    booking, numbers = said(entries["unique_booking_reference_number"])
    raw, own = _bare(written), stems_of(numbers)
    inner = _booking_numbers(raw)
    shared = _of_two(code, written, pc.coalesce(inner, _stems(raw)), patient)
    printed = _printed(raw)
    shared |= printed
    # A row's own booking number within its own identifier is nobody else's.
    elsewhere = _without_own(inner, code, own, booking)
    shared |= _is_in(elsewhere, own)
    booked = _of_two(booking, numbers, own, patient) | _is_in(own, elsewhere)
    rows = np.append(shared, False)[code] | np.append(booked, False)[booking]
    return np.asarray(rows), np.append(printed, False)[code]


def _of_two(code: Codes, written: pa.Array, plain: pa.Array, patient: NDArray[np.integer]) -> Bools:
    """Which values two patients have, be it written in two ways.

    ``code`` is the value of each row; ``plain`` is what all ways of writing one value come to.
    """
    again = pc.is_in(plain, plain.filter(pc.not_equal(plain, written)))
    alike = numbered_together(pc.if_else(again, plain, pa.scalar(None, pa.string())))[0]
    found = _with_several(code, patient, len(written))
    ways = _with_several(_each(code, alike), patient, int(alike.max(initial=0)) + 1)
    return np.asarray(found | ((alike >= 0) & ways[alike]))


def _with_several(code: Codes, patient: NDArray[np.integer], size: int) -> Bools:
    """Which of ``size`` codes are on rows of several patients."""
    there = np.flatnonzero(code >= 0)
    one = np.zeros(size, dtype=np.int64)
    one[code[there]] = patient[there]
    found = np.zeros(size, dtype=bool)
    found[code[there[patient[there] != one[code[there]]]]] = True
    return found


def _printed(raw: pa.Array) -> Bools:
    """Prints of 15 characters, and the identifiers of which each may be the only one that it is."""
    heads = pc.utf8_slice_codeunits(raw, 0, PRINT_LENGTH)
    size = pc.binary_length(raw)
    of_print = _is_in(heads, heads.filter(pc.equal(size, PRINT_LENGTH)))
    full = of_print & pc.equal(size, FULL_LENGTH).to_numpy(zero_copy_only=False)
    at = np.flatnonzero(of_print)
    whose = numbered_together(heads.take(pa.array(at)))[0]
    single = np.bincount(whose[full[at]], minlength=int(whose.max(initial=0)) + 1) <= 1
    of_print[at] = single[whose]
    return of_print


def _without_own(inner: pa.Array, code: Codes, own: pa.Array, booking: Codes) -> pa.Array:
    """The booking numbers within identifiers, of those that a row holds without stating it too."""
    there = np.flatnonzero(np.append(inner.is_valid().to_numpy(zero_copy_only=False), False)[code])
    mine = inner.take(pa.array(code[there]))
    stated = own.take(pa.array(booking[there], mask=booking[there] < 0))
    alone = ~pc.fill_null(pc.equal(mine, stated), False).to_numpy(zero_copy_only=False)
    kept = np.zeros(len(inner), dtype=bool)
    kept[code[there[alone]]] = True
    return pc.if_else(pa.array(kept), inner, pa.scalar(None, pa.string()))


def _is_in(values: pa.Array, others: pa.Array) -> Bools:
    found = pc.is_in(values, others.drop_null())
    return np.asarray(pc.and_(found, values.is_valid()).to_numpy(zero_copy_only=False))


def _bare(values: pa.Array) -> pa.Array:
    """Capitals and digits only."""
    capitals = pc.utf8_upper(values)
    plain = pc.fill_null(pc.ascii_is_alnum(capitals), True)
    if pc.all(plain, min_count=0).as_py():
        return capitals
    return pc.replace_substring_regex(capitals, _NOISE.pattern, "")


def _stems(raw: pa.Array) -> pa.Array:
    """Without outer zeros in front; missing where too little is left, or only one sign."""
    stem = pc.ascii_ltrim(raw, "0")
    few = pc.less(pc.binary_length(stem), LEAST)
    return _without(stem, pc.or_(few, pc.match_substring_regex(stem, _ONE_SIGN)))


def _booking_numbers(raw: pa.Array) -> pa.Array:
    """The booking number that each identifier is made of; missing where it is made otherwise."""
    number = pa.nulls(len(raw), pa.string())
    made = pc.fill_null(pc.and_(pc.ascii_is_decimal(raw), _is_long(raw)), False)
    if not pc.any(made, min_count=0).as_py():
        return number
    return pc.replace_with_mask(number, made, _numbers_within(raw.filter(made)))


def _is_long(raw: pa.Array) -> pa.Array:
    """As long as a booking number, or as one that is padded."""
    return pc.is_in(pc.binary_length(raw), pa.array([UBRN_LENGTH, FULL_LENGTH], pa.int32()))


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
    bare = _bare(written)
    return _each(code, numbered_together(_without(bare, pc.equal(bare, "")))[0])


def _each(code: Codes, number: Codes) -> Codes:
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
