"""Which entry gives each value of a row that several entries fill?

One position a row and field, by the field's named rule (``rules``); the value is then taken from
that entry as it stands, so that it can always be said where it is from. Flags are true where any
member says so. Contact details and comments are never chosen: they stay beside their own entry.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray

from waitlist_merge.combined.bundles import Bundles, Givers, Positions
from waitlist_merge.combined.names import Later, taken
from waitlist_merge.combined.own_rules import SurvivorshipRule
from waitlist_merge.combined.rules import BY_FIELD, RULES, SCALES, Members, urgency_in
from waitlist_merge.combined.texts import joined_text
from waitlist_merge.pathways.columns import (
    Bools,
    Codes,
    codes,
    days,
    known,
    numbered_together,
    texts,
    worded,
)
from waitlist_merge.pathways.features import suspected_cancer
from waitlist_merge.reasons import SurvivorRule
from waitlist_merge.reference import load

_NO_ROWS: Positions = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, eq=False, slots=True)
class Survivor:
    """One field of the rows: the entry that gives each value, -1 where none does, by which rule.

    ``giver`` are those of the rows with several entries (``many``); on any other row it is the
    entry ``shown``, its only one, but on ``unfit`` ones, where that has a value that the rule does
    not count.
    """

    shown: Positions
    many: NDArray[np.int32]
    giver: Givers
    rule: str
    unfit: Positions = field(default_factory=lambda: _NO_ROWS)

    def __getitem__(self, rows: slice) -> Positions:
        """The entry that gives the value of each of these rows, which stand together."""
        found = self.shown[rows].copy()
        low, high = np.searchsorted(self.many, (rows.start or 0, rows.stop))
        found[self.many[low:high] - (rows.start or 0)] = self.giver[low:high]
        low, high = np.searchsorted(self.unfit, (rows.start or 0, rows.stop))
        found[self.unfit[low:high] - (rows.start or 0)] = -1
        return found

    def whole(self) -> Givers:
        """The entry that gives the value of each row: not kept, for there are many fields."""
        found = self.shown.astype(np.int32)
        found[self.many] = self.giver
        found[self.unfit] = -1
        return found


OF_SENDERS = (
    "suspected_cancer",
    "priority_type",
    "priority_code",
    "diagnostic_priority",
    "referral_date",
    "source_of_referral",
    "referrer_code",
)
"""Fields that an organisation gives though it has closed its row by handing the need on, as it does
the clock start: how urgent the need is and who referred it do not end with the transfer."""


def survivors(
    members: Members,
    senders: Members,
    chosen: Mapping[str, str],
    own: Mapping[str, SurvivorshipRule],
) -> dict[str, Survivor]:
    """Who gives each field of each row.

    ``senders`` are the members with those that have handed the need on, of whom one may give the
    fields of ``OF_SENDERS``. ``chosen`` names other rules of the library than ``BY_FIELD``, ``own``
    are a user's own rules, which come before these.
    """
    found: dict[str, Survivor] = {}
    for name, usual in BY_FIELD.items():
        of = senders if name in OF_SENDERS else members
        shown, many = of.bundles.shown, of.bundles.many
        if name in own:
            by_own = _giver_by_own(of, name, own[name])
            found[name] = Survivor(shown, many, by_own, own[name].name)
        else:
            rule = SurvivorRule(chosen.get(name, usual))
            giver = _giver(of, name, rule, found)
            found[name] = Survivor(shown, many, giver, rule, _unfit(of, name, rule))
    return found


def _giver_by_own(members: Members, name: str, rule: SurvivorshipRule) -> Givers:
    """Who gives the field by a user's own rule; nobody gives a value that is missing."""
    bundles = members.bundles
    may, keys = rule(members, name)
    old = members.superseded[bundles.members]
    return bundles.best(may & members.said(name)[0], (old, *keys))


def _giver(
    members: Members, name: str, rule: SurvivorRule, earlier: Mapping[str, Survivor]
) -> Givers:
    bundles = members.bundles
    if rule is SurvivorRule.SHOWN:
        return bundles.shown[bundles.many].astype(np.int32)
    # Of a row that was sent again the newest submission wins every field that it states.
    old = members.superseded[bundles.members]
    if rule is SurvivorRule.WITH_PROCEDURE_CODE:
        coded = earlier["procedure_code"].giver[bundles.run]
        return bundles.best(members.said(name)[0], (old, bundles.members != coded))
    valid, keys = RULES[rule](members, name)
    return bundles.best(valid, keys if rule is SurvivorRule.ANY else (old, *keys))


def _unfit(members: Members, name: str, rule: SurvivorRule) -> Positions:
    """The rows whose only entry has a value that the rule does not count."""
    entries, shown = members.entries, members.bundles.shown
    if rule is SurvivorRule.MOST_URGENT:
        said = codes(entries[name]) >= 0
        unfit = said & (urgency_in(entries[name], name) == len(SCALES[name]))
    elif rule is SurvivorRule.EARLIEST_TO_COME:
        ahead, day = members.ahead(name)
        unfit = known(day) & ~ahead
    elif rule is SurvivorRule.LATEST_SO_FAR:
        unfit = days(entries[name]) > members.run_day
    elif rule is SurvivorRule.ANY:
        unfit = ~suspected_cancer(entries)
    else:
        return _NO_ROWS
    return np.flatnonzero(unfit[shown] & members.bundles.alone)


Values = ExtensionArray | Bools | Later


def values(
    entries: pd.DataFrame, given: Mapping[str, Survivor], *, now: Collection[str] = ()
) -> dict[str, Values]:
    """The value of each field of each row, missing where no entry gives one.

    Only those of ``now`` are taken at once: of the others two copies would be held as the rows are
    put in order.
    """
    return {name: _value(entries, name, each, name in now) for name, each in given.items()}


def _value(entries: pd.DataFrame, name: str, survivor: Survivor, now: bool) -> Values:
    if survivor.rule == SurvivorRule.ANY:
        return survivor.whole() >= 0
    column = entries[name].array
    return taken(column, survivor.whole()) if now else Later(column, survivor)


def named_services(service: pd.Categorical[str]) -> pd.Categorical[str]:
    """The name of each treatment function; missing for a code without one."""
    table = load("treatment_functions")
    names = dict(zip(table["code"], table["name"], strict=True))
    said = [names.get(str(code)) for code in service.categories]
    words = sorted({name for name in said if name is not None})
    number = np.array([words.index(name) if name else -1 for name in said] + [-1], dtype=np.int16)
    return worded(number[service.codes], words)


def all_values(column: pd.Series, bundles: Bundles, by: str) -> pd.Categorical[str]:
    """The different values of the members, sorted and joined; a category of few distinct texts."""
    distinct = texts(column)
    code = codes(column)
    there = code[bundles.members] >= 0
    told = joined_text(
        distinct.take(pa.array(code[bundles.members][there])),
        bundles.run[there],
        len(bundles.many),
        by,
    )
    alone, together = numbered_together(distinct, told)
    words = pa.concat_arrays([distinct, told]).dictionary_encode().dictionary
    found: Codes = np.append(alone, np.int32(-1))[code[bundles.shown]]
    found[bundles.many] = together
    return pd.Categorical.from_codes(found, pd.Index([str(word) for word in words.to_pylist()]))
