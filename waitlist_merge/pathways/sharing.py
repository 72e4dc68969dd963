"""Which identifiers may two patients have, be it in another form?"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.categories import words_at
from waitlist_merge.pathways.columns import Bools, Codes, numbered_together, said
from waitlist_merge.pathways.identifiers import (
    FULL_LENGTH,
    PRINT_LENGTH,
    bared,
    booking_numbers,
    by_code,
    stems_of,
    trimmed,
)
from waitlist_merge.signs import perhaps_again


def perhaps_shared(entries: pd.DataFrame, patient: NDArray[np.integer]) -> tuple[Bools, Bools]:
    """Rows whose pathway or booking identifier another patient may have too, be it in another form.

    None that shares one is left out; some that do not are among them. It looks closely only at
    values that are written in more than one way, so that it costs little on a list of millions. The
    second mask is of rows whose first 15 characters tell which identifier it is.
    """
    code, written = said(entries["patient_pathway_identifier"])
    booking, numbers = said(entries["unique_booking_reference_number"])
    raw, own = bared(written), stems_of(numbers)
    inner = booking_numbers(raw)
    shared = _of_two(code, pc.coalesce(inner, trimmed(raw)), patient)
    printed = _printed(raw)
    shared |= printed
    # A row's own booking number within its own identifier is nobody else's.
    elsewhere = _without_own(inner, code, own, booking)
    shared |= _is_in(elsewhere, own)
    booked = _of_two(booking, own, patient) | _is_in(own, elsewhere)
    rows = np.append(shared, False)[code] | np.append(booked, False)[booking]
    return np.asarray(rows), np.append(printed, False)[code]


def _of_two(code: Codes, plain: pa.Array, patient: NDArray[np.integer]) -> Bools:
    """Which values two patients have, be it written in two ways.

    ``code`` is the value of each row; ``plain`` is what all ways of writing one value come to.
    """
    size = len(plain)
    found = _with_several(code, patient, size)
    again = np.flatnonzero(perhaps_again(plain))
    alike = np.full(size, -1, dtype=np.int32)
    alike[again] = numbered_together(plain.take(pa.array(again)))[0]
    ways = _with_several(by_code(code, alike), patient, int(alike.max(initial=0)) + 1)
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
    size = pc.binary_length(raw)
    prints = raw.filter(pc.equal(size, PRINT_LENGTH))
    if not len(prints):
        return np.zeros(len(raw), dtype=bool)
    heads = pc.utf8_slice_codeunits(raw, 0, PRINT_LENGTH)
    of_print = _is_in(heads, prints)
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
    stated = words_at(own, booking[there])
    alone = ~pc.fill_null(pc.equal(mine, stated), False).to_numpy(zero_copy_only=False)
    kept = np.zeros(len(inner), dtype=bool)
    kept[code[there[alone]]] = True
    return pc.if_else(pa.array(kept), inner, pa.scalar(None, pa.string()))


def _is_in(values: pa.Array, others: pa.Array) -> Bools:
    found: Bools = values.is_valid().to_numpy(zero_copy_only=False)
    if found.any():
        found[found] = pc.is_in(values.drop_null(), others.drop_null())
    return found
