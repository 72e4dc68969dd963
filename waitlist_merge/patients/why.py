"""Why are two entries one patient, and why are they not? For a person who asks about one pair."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from waitlist_merge.errors import InputError, MissingExtra
from waitlist_merge.patients import blocking
from waitlist_merge.patients.blocks import Alike
from waitlist_merge.patients.explain import explanations
from waitlist_merge.patients.levels import LEVELS, compare
from waitlist_merge.patients.match import vetoed
from waitlist_merge.patients.matched import PatientMatch
from waitlist_merge.patients.vetoes import VETOES
from waitlist_merge.patients.weights import total, weigh
from waitlist_merge.patients.words import WORDS
from waitlist_merge.reasons import Veto

if TYPE_CHECKING:
    from waitlist_merge.patients.picture import Waterfall

BAR = 40
"""Characters of the longest bar of a chart."""


@dataclass(frozen=True, eq=False, slots=True)
class Explanation:
    """The evidence on one pair: ``parts`` add up to ``weight`` (bits).

    ``parts`` has ``field``, ``level``, ``words`` and ``weight``, the prior first. ``veto`` is the
    fact that forbids the link, or empty; ``joined`` tells whether both ended in one group, and
    ``match_weight`` is the weight that joins; ``decided`` tells whether people have said so.
    ``str()`` gives all of it as text.
    """

    parts: pd.DataFrame
    weight: float
    veto: str
    joined: bool
    sentence: str
    match_weight: float
    decided: bool = False

    @property
    def outcome(self) -> str:
        """What came of it, in a line: joined or not, the weight, and what forbade it."""
        told = "One person" if self.joined else "Not joined"
        if self.joined and self.decided:
            overridden = f", over: {Veto(self.veto).meaning}" if self.veto else ""
            return f"One person, as people have said, with {self.weight:.1f} bits{overridden}"
        if self.joined and self.weight < self.match_weight:
            told += " by way of further entries"
        which = "outvoted by other entries" if self.joined else "forbidden"
        against = f"; {which}: {Veto(self.veto).meaning}" if self.veto else ""
        return f"{told}, with {self.weight:.1f} bits of evidence{against}"

    def chart(self) -> Waterfall:
        """The parts as a waterfall picture: a matplotlib Figure, to show or ``savefig``.

        MissingExtra where matplotlib is not installed; ``text_chart`` needs nothing.
        """
        try:
            from waitlist_merge.patients.picture import waterfall  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            if not str(error.name).startswith("matplotlib"):
                raise
            raise MissingExtra(
                "a chart needs matplotlib, which is not installed; install waitlist-merge[charts], "
                "or use text_chart()"
            ) from None
        return waterfall(
            self.parts["words"].tolist(),
            self.parts["weight"].tolist(),
            weight=self.weight,
            bar=self.match_weight,
            title=self.outcome,
        )

    def __str__(self) -> str:
        return f"{self.outcome}\n{self.text_chart()}"

    def _repr_html_(self) -> str:
        """The outcome and the parts as a notebook shows them."""
        rows = [*zip(self.parts["words"], self.parts["weight"], strict=True)]
        rows.append(("together", self.weight))
        table = pd.DataFrame(rows, columns=["evidence", "bits"])
        table["bits"] = table["bits"].map("{:+.1f}".format)
        return f"<p>{escape(self.outcome)}</p>\n{table.to_html(index=False)}"

    def text_chart(self) -> str:
        """The parts as a waterfall of text: each bar begins where the last one ended."""
        ends = self.parts["weight"].cumsum().to_numpy()
        starts = np.append(0.0, ends[:-1])
        low = min(0.0, float(ends.min()))
        scale = BAR / max(float(ends.max()) - low, 1.0)
        lines = []
        for words, bits, start, end in zip(
            self.parts["words"], self.parts["weight"], starts, ends, strict=True
        ):
            left = round((min(start, end) - low) * scale)
            bar = ("+" if bits > 0 else "-") * max(round(abs(bits) * scale), 1)
            lines.append(f"{words[:44]:<44} {bits:>+7.1f} {' ' * left}{bar}")
        return "\n".join([*lines, f"{'together':<44} {self.weight:>+7.1f}"])


class HasPeople(Protocol):
    """The result of a merge: it holds the patient match that it rests on."""

    @property
    def people(self) -> PatientMatch:
        """Who is the same patient."""


def _match(result: PatientMatch | HasPeople) -> PatientMatch:
    """The patient match, be it given itself or within the result of a merge."""
    if isinstance(result, PatientMatch):
        return result
    people = getattr(result, "people", None)
    if not isinstance(people, PatientMatch):
        raise InputError(
            f"{type(result).__name__} holds no patient match; give what match_patients or merge "
            "returned"
        )
    return people


def explain_patients(result: PatientMatch | HasPeople, a: int | str, b: int | str) -> Explanation:
    """Why do two entries count as one person, or not? Named by position or by entry id.

    ``result`` is what ``match_patients`` or ``merge`` returned.

    >>> from waitlist_merge.patients.link import match_patients
    >>> people = pd.DataFrame({"nhs_number": ["9990000018"] * 2, "family_name": ["Lee", "LEE"]})
    >>> why = explain_patients(match_patients(people), 0, 1)
    >>> bool(abs(why.parts["weight"].sum() - why.weight) < 1e-9), why.joined
    (True, True)
    """
    match = _match(result)
    one, other = sorted((_position(match, a), _position(match, b)))
    first, second = np.array([one], dtype=np.int32), np.array([other], dtype=np.int32)
    levels = compare(match.records, first, second)
    shares = match.model.on(match.records)
    parts = weigh(match.model, shares, match.records, levels, first, second)
    weight = total(parts)
    veto = match.veto_of(one, other)
    if veto is None:
        veto = vetoed(match.records, match.model, match.plan, levels, first, second, weight)[0]
    decision = match.decided_on(one, other)
    named = Veto.DECIDED_APART if decision is False else VETOES[veto]
    compared = {field: LEVELS[field][found[0]] for field, found in levels.items()}
    names = {"prior": ""} | compared | {"together": "", "household": ""}
    said = [
        (field, name, WORDS.get((field, name), ""), float(parts[field][0]))
        for field, name in names.items()
        if parts[field][0] or field == "prior"
    ]
    table = pd.DataFrame(said, columns=["field", "level", "words", "weight"])
    return Explanation(
        parts=table,
        weight=float(weight[0]),
        veto=str(named),
        joined=bool(match.group[one] == match.group[other]),
        sentence=str(explanations(levels, parts)[0]),
        match_weight=match.plan.match_weight,
        decided=decision is not None,
    )


def explain_missing(result: PatientMatch | HasPeople, a: int | str, b: int | str) -> str:
    """Why were two entries not joined: the keys, the costliest field, the veto, what would tip it?

    ``result`` is what ``match_patients`` or ``merge`` returned.

    >>> from waitlist_merge.patients.link import match_patients
    >>> births = ["1971-05-03", "1982-06-14"]
    >>> people = pd.DataFrame({"family_name": ["Lee", "Okafor"], "birth_date": births})
    >>> print(explain_missing(match_patients(people), 0, 1))
    They meet under no key, so they were never compared.
    Against: different birth dates (-11.6).
    Against: different family names (-6.2).
    They have -30.0 bits; 6.0 join two records: 36.0 are missing.
    """
    match = _match(result)
    why = explain_patients(match, a, b)
    if why.joined:
        return "They are joined."
    one, other = _position(match, a), _position(match, b)
    pair = Alike(np.array([one], dtype=np.int32), np.array([other], dtype=np.int32))
    met = [key.name for key in blocking.keys(match.records) if key.makes(pair)[0]]
    keys = f"They meet under: {'; '.join(met)}." if met else _NEVER_MET
    costs = why.parts[(why.parts["weight"] < 0) & (why.parts["field"] != "prior")]
    against = [
        f"Against: {row.words} ({row.weight:+.1f})."
        for row in costs.sort_values("weight").head(2).itertuples()
    ]
    named = why.veto or _refusal(match, one, other)
    veto = [f"Forbidden whatever the weight: {Veto(named).meaning}."] if named else []
    least = match.plan.match_weight
    enough = "that would be enough" if veto else "that is enough by itself"
    short = f"{least - why.weight:.1f} are missing" if why.weight < least else enough
    weight = f"They have {why.weight:.1f} bits; {least:.1f} join two records: {short}."
    return "\n".join([keys, *against, *veto, weight])


def _refusal(match: PatientMatch, one: int, other: int) -> str:
    """Why a link strong enough was not made: what its row among the links says, or what is known.

    Of two groups in doubt one link is shown; the others share its reason.
    """
    groups = match.group
    links = match.links[match.links["veto"] != ""]
    first, second = groups[links["a"].to_numpy()], groups[links["b"].to_numpy()]
    low, high = sorted((groups[one], groups[other]))
    found = (np.minimum(first, second) == low) & (np.maximum(first, second) == high)
    return str(links["veto"].to_numpy()[found][0]) if found.any() else ""


_NEVER_MET = "They meet under no key, so they were never compared."


def _position(match: PatientMatch, entry: int | str) -> int:
    """Where an entry stands; InputError where there is none of this id or position."""
    if isinstance(entry, int | np.integer):
        if 0 <= entry < len(match.group):
            return int(entry)
        raise InputError(f"no row {entry}: rows are numbered 0 to {len(match.group) - 1}")
    named = () if match.entry_ids is None else match.entry_ids
    found = np.flatnonzero(np.asarray(named, dtype=object) == entry)
    if not len(found):
        raise InputError(f"no entry {entry} in this result; entry ids are in result.entries")
    return int(found[0])
