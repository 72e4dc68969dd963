"""Has every organisation sent what was expected of it?

A list that did not come, half a list or a list under new hospital numbers would look like hundreds
of patients gone. So the run stops, with one line for each such list and the switch that accepts it.
Nothing is guessed: a person who knows the organisation decides.

>>> from waitlist_merge.review.arrivals import Allowed
>>> Allowed(absent=("rm3",)).absent
('RM3',)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from waitlist_merge.errors import InputError
from waitlist_merge.pathways.columns import codes
from waitlist_merge.review.sameness import two_runs
from waitlist_merge.review.snapshot import Snapshot

FEWER = 0.2
"""Share of rows that may go from one list to the next (issue on working week after week)."""

RENUMBERED = 0.5
"""Share of an organisation's hospital numbers over which new ones stop the run: "most"."""

LEAST = 5
"""Rows, or hospital numbers, of a list below which shares say nothing: one of four is a quarter."""

_LOCAL = "local_patient_identifier"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Organisations whose list may be absent, have far fewer rows, new numbers, an older day."""

    absent: tuple[str, ...] = ()
    fewer: tuple[str, ...] = ()
    renumbered: tuple[str, ...] = ()
    older: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Codes of organisations are upper case."""
        for each in fields(self):
            codes_given = tuple(str(code).strip().upper() for code in getattr(self, each.name))
            object.__setattr__(self, each.name, codes_given)


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Organisations that sent no newer list, and those whose list is not as it was.

    ``absent`` sent nothing, ``same_day`` a list of the day of the last one: of both nothing is
    refreshed. ``fewer``, ``renumbered`` and ``older`` were accepted by a person. ``retired`` have
    closed for good: whom they listed has left their list.
    """

    absent: tuple[str, ...] = ()
    same_day: tuple[str, ...] = ()
    fewer: tuple[str, ...] = ()
    renumbered: tuple[str, ...] = ()
    older: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()


def arrivals(
    entries: pd.DataFrame,
    last: Snapshot | None,
    *,
    expected: Iterable[str] = (),
    allowed: Allowed | None = None,
    retired: Iterable[str] = (),
) -> Arrivals:
    """Which organisations sent no newer list, and may the run go on?

    ``entries`` are all typed entries of the run, ``expected`` organisations beside those of the
    last run, ``retired`` those of whom no list is expected any longer. Raises InputError with one
    line for each list that is not as expected and that ``allowed`` does not name, and for each code
    in ``allowed`` that is of no list.

    >>> rows = pd.DataFrame({"organisation": pd.Categorical(["RM3"])})
    >>> arrivals(rows, None, expected=["RM3", "RW3"])
    Traceback (most recent call last):
    waitlist_merge.errors.InputError: RW3: no list came, and one is expected; send it, or go on \
without it with --allow-absent RW3
    """
    allowed = allowed or Allowed()
    came = set(map(str, entries["organisation"].dropna().unique()))
    before = set() if last is None else set(last.extracts["organisation"].astype(str))
    closed = {*retired} - came
    asked = (before | {str(code).strip().upper() for code in expected}) - closed
    found = {"absent": {code: _no_list(code, before) for code in asked - came}}
    same_day: list[str] = []
    if last is not None:
        found["older"], same_day = _older(entries, last)
        found["fewer"] = _fewer(entries, last)
        found["renumbered"] = _renumbered(entries, last)
    problems = [
        f"{code}: {problem}, or go on {_GO_ON[kind]} with --allow-{kind} {code}"
        for kind, told in found.items()
        for code, problem in sorted(told.items())
        if code not in getattr(allowed, kind)
    ]
    problems += _unheard_of(allowed, {*came, *asked, *closed})
    if problems:
        raise InputError("\n".join(problems))
    return Arrivals(
        same_day=tuple(same_day),
        retired=tuple(sorted(closed & before)),
        **{kind: tuple(sorted(told)) for kind, told in found.items()},
    )


def _unheard_of(allowed: Allowed, known: Collection[str]) -> list[str]:
    """One line for each code of a switch that is of no list: written wrong, it accepts nothing."""
    there = ", ".join(sorted(known))
    return [
        f"{code}: no list is or was of this organisation, those known are {there}; correct or leave"
        f" out --allow-{kind.name} {code}"
        for kind in fields(allowed)
        for code in dict.fromkeys(getattr(allowed, kind.name))
        if code not in known
    ]


def _no_list(code: str, before: Collection[str]) -> str:
    """What is wrong; of an organisation that the register knows, how it is told that it closed."""
    told = "no list came, and one is expected; send it"
    if code not in before:
        return told
    again = "give its last file again (with --allow-stale if it is too old), so that its patients"
    return f"{told}, or {again} stay on the list; say with review retire {code} that it has closed"


_GO_ON = {
    "absent": "without it",
    "older": "with it",
    "fewer": "with fewer",
    "renumbered": "with new numbers",
}


def _older(entries: pd.DataFrame, last: Snapshot) -> tuple[dict[str, str], list[str]]:
    """Organisations whose list is of an earlier day than the last one, and of the same day."""
    if "extract_census_date" not in entries:
        return {}, []
    newest = entries.groupby(entries["organisation"].astype(str))["extract_census_date"].max()
    before = last.extracts.set_index(last.extracts["organisation"].astype(str))["census_date"]
    days = pd.DataFrame({"now": newest, "then": pd.to_datetime(before)}).dropna()
    told = {
        str(code): f"its list of {now.date()} is older than the one of the last run, {then.date()};"
        " send a newer one"
        for code, now, then in days[days["now"] < days["then"]].itertuples(name=None)
    }
    return told, [str(code) for code in days.index[days["now"] == days["then"]]]


def _fewer(entries: pd.DataFrame, last: Snapshot) -> dict[str, str]:
    rows = entries["organisation"].astype(str).value_counts()
    told = {}
    for code, before in zip(
        last.extracts["organisation"].astype(str), last.extracts["rows"], strict=True
    ):
        now = int(rows.get(code, 0))
        if now and before >= LEAST and now < (1 - FEWER) * before:
            told[code] = (
                f"{now:,} rows are {1 - now / before:.0%} fewer than the {before:,} of the last"
                " run; send the whole list"
            )
    return told


def _renumbered(entries: pd.DataFrame, last: Snapshot) -> dict[str, str]:
    """Organisations most of whose hospital numbers are none that were listed in the last year."""
    if _LOCAL not in entries:
        return {}
    runs = two_runs(entries, last.entries, ("organisation", _LOCAL))
    now_pairs, then_pairs = (
        pd.DataFrame({"organisation": side["organisation"], "number": side[_LOCAL]})
        for side in (runs.now, runs.then)
    )
    numbers = now_pairs[now_pairs["number"] >= 0].drop_duplicates()
    known = then_pairs[then_pairs["number"] >= 0].drop_duplicates().assign(known=True)
    joined = numbers.merge(known, how="left", on=["organisation", "number"])
    joined["known"] = joined["known"].notna()
    counted = joined.groupby("organisation")["known"].agg(["size", "sum"])
    had = set(known["organisation"])
    names = _names_of(entries, runs.now["organisation"])
    return {
        names[code]: f"{size - seen:,} of its {size:,} hospital numbers are new;"
        " ask whether it has changed them"
        for code, size, seen in counted.itertuples(name=None)
        if size >= LEAST and code in had and size - seen > RENUMBERED * size
    }


def _names_of(entries: pd.DataFrame, number: np.ndarray) -> dict[int, str]:
    column = entries["organisation"].astype("category")
    first = pd.Series(number).drop_duplicates().index
    names = column.cat.categories.astype(str)
    return {int(number[at]): names[codes(column)[at]] for at in first if number[at] >= 0}
