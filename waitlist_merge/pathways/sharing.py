"""Which identifiers may two patients have, be it in another form?

Of millions of texts a part at a time is read: nothing of their size is held but a number for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from waitlist_merge.categories import words_at
from waitlist_merge.pathways.columns import Bools, Codes, at_odds, numbered_together, said
from waitlist_merge.pathways.identifiers import (
    FULL_LENGTH,
    PRINT_LENGTH,
    bared,
    booking_numbers,
    by_code,
    stems_of,
    trimmed,
    unpadded,
)
from waitlist_merge.signs import again, numbers
from waitlist_merge.threads import AT_A_TIME

Positions = NDArray[np.int64]
Numbers = NDArray[np.uint32]


@dataclass(frozen=True, eq=False, slots=True)
class _Within:
    """``words`` are the booking numbers within the pathway identifiers at ``places``."""

    places: Positions
    words: pa.Array


def perhaps_shared(entries: pd.DataFrame, patient: NDArray[np.integer]) -> tuple[Bools, Bools]:
    """Rows whose pathway or booking identifier another patient may have too, be it in another form.

    None that shares one is left out; some that do not are among them. It looks closely only at
    values that are written in more than one way, so that it costs little on a list of millions. The
    second mask is of rows whose first 15 characters tell which identifier it is.
    """
    code, written = said(entries["patient_pathway_identifier"])
    booking, booked = said(entries["unique_booking_reference_number"])
    number, prints, inner = _read(written)
    shared = _of_two(code, written, _plain, number, patient)
    printed = _printed(written, prints)
    shared |= printed
    own = np.concatenate([_NOTHING, *(numbers(unpadded(bared(part))) for part in _parts(booked))])
    stated = _of_two(booking, booked, stems_of, own, patient)
    # A row's own booking number within its own identifier is nobody else's.
    elsewhere = _without_own(inner, code, booked, booking)
    if len(elsewhere.places):
        stems = stems_of(booked)
        shared[elsewhere.places[_is_in(elsewhere.words, stems)]] = True
        stated |= _is_in(stems, elsewhere.words)
    rows = np.append(shared, False)[code] | np.append(stated, False)[booking]
    return np.asarray(rows), np.append(printed, False)[code]


_NOTHING: Numbers = np.empty(0, dtype=np.uint32)


def _parts(texts: pa.Array) -> Iterator[pa.Array]:
    """Some of the texts after another."""
    for low in range(0, len(texts), AT_A_TIME):
        yield texts.slice(low, AT_A_TIME)


def _read(written: pa.Array) -> tuple[Numbers, Positions, _Within]:
    """What each pathway identifier comes to, as a number; prints of 15 characters; bookings."""
    number, prints, at = [_NOTHING], [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    words = [pa.array([], pa.string())]
    for low, part in zip(range(0, len(written), AT_A_TIME), _parts(written), strict=True):
        raw = bared(part)
        inner = booking_numbers(raw)
        # What says nothing is not told from what does: that is asked of those that occur again.
        number.append(numbers(pc.coalesce(inner, unpadded(raw))))
        prints.append(low + _where(pc.equal(pc.binary_length(raw), PRINT_LENGTH)))
        at.append(low + _where(inner.is_valid()))
        words.append(inner.drop_null())
    within = _Within(np.concatenate(at), pa.concat_arrays(words))
    return np.concatenate(number), np.concatenate(prints), within


def _plain(written: pa.Array) -> pa.Array:
    """What all ways of writing one pathway identifier come to."""
    raw = bared(written)
    return pc.coalesce(booking_numbers(raw), trimmed(raw))


def _where(mask: pa.Array) -> Positions:
    return np.flatnonzero(mask.to_numpy(zero_copy_only=False))


def _of_two(
    code: Codes,
    written: pa.Array,
    plain: Callable[[pa.Array], pa.Array],
    number: Numbers,
    patient: NDArray[np.integer],
) -> Bools:
    """Which values two patients have, be it written in two ways.

    ``code`` is the value of each row; ``plain`` tells what all ways of ``written`` come to;
    ``number`` is equal where that is.
    """
    size = len(written)
    found = at_odds(code, patient, size)
    twice = np.flatnonzero(again(number))
    alike = np.full(size, -1, dtype=np.int32)
    alike[twice] = numbered_together(plain(written.take(pa.array(twice))))[0]
    ways = at_odds(by_code(code, alike), patient, int(alike.max(initial=0)) + 1)
    return np.asarray(found | ((alike >= 0) & ways[alike]))


def _printed(written: pa.Array, prints: Positions) -> Bools:
    """Prints of 15 characters, and the identifiers of which each may be the only one that it is.

    ``prints`` are the places of those of 15 characters.
    """
    of_print = np.zeros(len(written), dtype=bool)
    if not len(prints):
        return of_print
    shown = bared(written.take(pa.array(prints)))
    heads = (pc.utf8_slice_codeunits(bared(part), 0, PRINT_LENGTH) for part in _parts(written))
    at = np.flatnonzero(np.concatenate([_is_in(each, shown) for each in heads]))
    raw = bared(written.take(pa.array(at)))
    full = pc.equal(pc.binary_length(raw), FULL_LENGTH).to_numpy(zero_copy_only=False)
    whose = numbered_together(pc.utf8_slice_codeunits(raw, 0, PRINT_LENGTH))[0]
    single = np.bincount(whose[full], minlength=int(whose.max(initial=0)) + 1) <= 1
    of_print[at] = single[whose]
    return of_print


def _without_own(inner: _Within, code: Codes, booked: pa.Array, booking: Codes) -> _Within:
    """The booking numbers within identifiers, of those that a row holds without stating it too."""
    place = np.full(int(code.max(initial=-1)) + 2, -1, dtype=np.int32)
    place[inner.places] = np.arange(len(inner.places))
    there = np.flatnonzero(place[code] >= 0)
    mine = inner.words.take(pa.array(place[code[there]]))
    stated = stems_of(words_at(booked, booking[there]))
    alone = ~pc.fill_null(pc.equal(mine, stated), False).to_numpy(zero_copy_only=False)
    kept = np.zeros(len(inner.places), dtype=bool)
    kept[place[code[there[alone]]]] = True
    return _Within(inner.places[kept], inner.words.filter(pa.array(kept)))


def _is_in(values: pa.Array, others: pa.Array) -> Bools:
    found: Bools = values.is_valid().to_numpy(zero_copy_only=False)
    if found.any():
        found[found] = pc.is_in(values.drop_null(), others.drop_null())
    return found
