"""Which questions does an organisation's view have, and what do they show of other organisations?

Where the patient is certain, a question shows of another organisation's entry what the view holds
of it. Where it is asked whether two entries are one person, the other's is nothing but its
organisation and, in ``why``, what agrees and what differs, without a value: each side traces its
own patient and the two ring each other with the number of the question. What stands on the side of
an own entry and is not in the view is not shown at all. What was said so far is told, and what has
changed since (that a fact differs now, not what it says), where all that it speaks of is shown.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.combined.again import AGAIN
from waitlist_merge.combined.texts import joined_values
from waitlist_merge.outputs.views.held import Held
from waitlist_merge.outputs.views.picked import plain
from waitlist_merge.pathways.columns import Bools, any_of
from waitlist_merge.patients.doubted import DOUBT
from waitlist_merge.reasons import Relation, Veto
from waitlist_merge.review.answers import CLINICIAN
from waitlist_merge.review.settling import effects, who_is_asked
from waitlist_merge.review.spoken import WITHOUT_FACT
from waitlist_merge.review.states import BEYOND, OPEN
from waitlist_merge.review.unaccounted import LEVEL, asked as asked_of_lost
from waitlist_merge.review.wording import DECEASED, DECEASED_PERHAPS


def questions_for(
    queue: pd.DataFrame, entries: pd.DataFrame, held: Held, *, dead: Bools, lost: pd.DataFrame
) -> pd.DataFrame:
    """The rows of ``review_queue`` that this organisation may answer, with what it may see.

    ``entries`` are all of the run, ``dead`` those of whose patient the view holds that a death is
    recorded, ``lost`` the needs of the view that nobody lists any longer: these are asked as well.
    A question keeps its id; ``entry_ids`` are those that it shows.
    """
    about_lost = (queue["level"] == LEVEL).to_numpy(dtype=bool)
    gone = _about_lost(queue.loc[about_lost], lost)
    asked = _about_listed(queue.loc[~about_lost].reset_index(drop=True), entries, held, dead)
    both = pd.concat([gone, asked], ignore_index=True) if len(gone) else asked
    both = both.sort_values("order", ignore_index=True)
    return both.assign(order=np.arange(1, len(both) + 1, dtype=np.int32))


def _about_lost(queue: pd.DataFrame, lost: pd.DataFrame) -> pd.DataFrame:
    """The questions about needs of the view that nobody lists, asked anew of what it holds."""
    kept = queue.loc[queue["question_id"].isin(lost["question_id"].dropna()).to_numpy(dtype=bool)]
    kept = kept.reset_index(drop=True)
    anew = asked_of_lost(lost).set_index("question_id").reindex(kept["question_id"].astype(object))
    anew = anew.reset_index(drop=True)
    same = (kept["entry_ids"].astype(object) == anew["entry_ids"]).to_numpy(dtype=bool)
    said = [
        _said_by(said, codes) if whole else None
        for said, codes, whole in zip(kept["said"], anew["organisations"], same, strict=True)
    ]
    return kept.assign(
        **{name: anew[name] for name in _OF_ENTRIES},
        state=kept["state"].where(same, OPEN),
        said=pd.Series(said, dtype=object),
    )


def _said_by(said: object, codes: str) -> str:
    """What these organisations have said: who else listed the patient is not told."""
    parts = str(said or "").split("; ")
    return "; ".join(each for each in parts if each.split(" ")[0] in codes.split(";"))


_OF_ENTRIES = (
    "why",
    "organisations",
    "entry_ids",
    "sides",
    "restricted",
    "who_answers",
    "answer_effects",
)
"""What a question about a lost need tells of its entries."""


def _about_listed(
    queue: pd.DataFrame, entries: pd.DataFrame, held: Held, dead: Bools
) -> pd.DataFrame:
    """The questions about entries that are listed."""
    asked = _concerned(queue, entries)
    row, number = asked["row"].to_numpy(), asked["question"].to_numpy()
    size = len(queue)
    of_people = (queue["level"] == "patient").to_numpy(dtype=bool)
    known = (held.own | held.shared)[row]
    mine = any_of(held.own[row], number, size)
    side = asked["side"].to_numpy(dtype=np.int64)
    opposite = ~any_of(held.own[row], side, int(side.max(initial=-1)) + 1)[side]
    shown = known | (of_people[number] & opposite & ~held.secret[row])
    several = np.bincount(number[shown], minlength=size) > 1
    whole = np.bincount(number[~shown], minlength=size) == 0
    kept = mine & several & (whole | of_people)
    asked = asked.assign(foreign=~held.own[row], known=known, dead=dead[row] & known)
    asked = asked.loc[shown & kept[number]]
    named = {
        name: entries[name].astype(object).to_numpy()[asked["row"]]
        for name in ("organisation", "patient_id", "pathway_id")
    }
    return _told(queue.loc[kept], asked.assign(**named), whole[kept])


def _concerned(queue: pd.DataFrame, entries: pd.DataFrame) -> pd.DataFrame:
    """The entries of each question: ``question`` and ``row`` as positions, in order of id.

    ``side`` numbers the sides of all questions.
    """
    told = plain(queue["sides"]).str.split("|").reset_index(drop=True).explode()
    ids = pd.DataFrame({"question": told.index, "side": np.arange(len(told))})
    ids = ids.assign(entry_id=told.str.split(";").to_numpy()).explode("entry_id")
    row = pd.Index(entries["entry_id"].astype(object)).get_indexer(pd.Index(ids["entry_id"]))
    found = ids.assign(row=row).sort_values(["question", "entry_id"])
    return found.loc[found["row"] >= 0].reset_index(drop=True)


def _told(kept: pd.DataFrame, shown: pd.DataFrame, whole: Bools) -> pd.DataFrame:
    """The questions with the words and ids of what is shown of them alone.

    ``whole`` are those of which every entry is shown.
    """
    if kept.empty:
        return kept.reset_index(drop=True)
    by, size = shown.groupby("question"), len(kept)
    number, known = by.ngroup().to_numpy(), shown.where(shown["known"])
    dead, foreign = by["dead"].any().to_numpy(), by["foreign"].any().to_numpy()
    organisations, patients, needs = (
        joined_values(each, number, size)
        for each in (shown["organisation"], known["patient_id"], known["pathway_id"])
    )
    return (
        _limited(kept, foreign)
        .assign(
            entry_ids=by["entry_id"].agg(";".join).to_numpy(),
            sides=_sides(kept["sides"], by["entry_id"].agg(set)),
            said=_said_here(kept["said"], organisations, foreign, whole),
            state=_states(kept, organisations),
            organisations=organisations,
            **_words(kept, organisations),
            patient_ids=patients,
            pathway_ids=needs,
            deceased=pd.array(dead, dtype="boolean"),
            question=_questions(kept["question"], dead),
            why=_reasons(kept, foreign),
        )
        .reset_index(drop=True)
    )


def _said_here(
    said: pd.Series, organisations: NDArray[np.object_], foreign: Bools, whole: Bools
) -> NDArray[np.object_]:
    """What was said, where every entry that it is about and every organisation in it is shown."""
    may = [
        not other or (every and BEYOND not in text and _may_be_codes(text) <= {*codes.split(";")})
        for text, codes, other, every in zip(
            plain(said), organisations, foreign, whole, strict=True
        )
    ]
    return said.astype(object).where(np.array(may, dtype=bool), None).to_numpy(dtype=object)


def _may_be_codes(said: str) -> set[str]:
    """The words of a text that may be codes of organisations: with a capital or a digit.

    A list may name its organisation as it likes, and who speaks here may have sent none this week.

    >>> said = "RM3 same need 09 Nov 2026 (NHS number: the same, now differs; waits for 15N, 4711)"
    >>> sorted(_may_be_codes(said))
    ['15N', '4711', 'RM3']
    """
    return {*_CODED.findall(_DAY.sub("", said))} - {"NHS"}


_DAY = re.compile(r"\b\d{1,2} [A-Z][a-z]{2} \d{4}\b")
_CODED = re.compile(r"\w*[A-Z0-9]\w*")


def _states(kept: pd.DataFrame, organisations: NDArray[np.object_]) -> list[str]:
    """The state of each question, or that it is open where that names who is not shown."""
    told = []
    for state, whole, shown in zip(
        plain(kept["state"]),
        plain(kept["organisations"]),
        organisations,
        strict=True,
    ):
        unseen = {*whole.split(";")} - {*shown.split(";")}
        told.append(OPEN if any(code in state for code in unseen if code) else state)
    return told


def _words(kept: pd.DataFrame, organisations: NDArray[np.object_]) -> dict[str, list[str]]:
    """Who can answer and what that does, of the organisations that the view knows of."""
    kinds = [plain(kept[name]) for name in ("level", "relation", "veto")]
    clinical = plain(kept["who_answers"]).str.startswith(CLINICIAN)
    who, does = [], []
    for level, relation, veto, clinician, codes in zip(
        *kinds, clinical, organisations, strict=True
    ):
        named = codes.split(";")
        who.append(who_is_asked(level, relation, veto, named, clinician=bool(clinician)))
        does.append(effects(level, named, vetoed=veto not in WITHOUT_FACT))
    return {"who_answers": who, "answer_effects": does}


def _limited(kept: pd.DataFrame, foreign: Bools) -> pd.DataFrame:
    """The questions, those that concern others without whatever is not known to be harmless."""
    cut = {str(name): kept[name].mask(foreign) for name in kept if name not in _HARMLESS}
    return kept.assign(**cut)


_HARMLESS = (
    "question_id",
    "order",
    "level",
    "relation",
    "confidence",
    "veto",
    "urgent",
    "weight",
    "restricted",
    "settling_fact",
    "this_week",
)
"""Columns that say what is asked and how urgent it is, in words of ours; the others are made anew
of what is shown, or left empty where another organisation's entry is concerned."""


def _sides(sides: pd.Series, shown: pd.Series) -> list[str]:
    """The sides of each question, with the entries that are shown alone."""
    told = []
    for listed, those in zip(plain(sides), shown, strict=True):
        split = (
            ";".join(filter(those.__contains__, side.split(";"))) for side in listed.split("|")
        )
        told.append("|".join(filter(None, split)))
    return told


def _questions(said: pd.Series, dead: Bools) -> NDArray[np.object_]:
    """What is asked; that a death is recorded only where the view holds who died."""
    alive = plain(said)
    for each in (DECEASED, DECEASED_PERHAPS):
        alive = alive.str.removeprefix(each).str.strip()
    return np.where(dead, said.astype(object), alive)


def _reasons(kept: pd.DataFrame, foreign: Bools) -> NDArray[np.object_]:
    """Why it is asked, without what the other organisation's entry says.

    Of people: what agrees and what differs, which names no value; the entries that it would make
    doubtful may be of others. Of needs: what the engine takes the two for, and what spoke against.
    Of what people have answered: that they have; what they said stands in ``said``.
    """
    people = kept["why"].astype("string").str.replace(f"{DOUBT}.*", "", regex=True)
    again = people.str.startswith(AGAIN).fillna(False).to_numpy(dtype=bool)
    meanings = {str(each): each.meaning for each in (*Relation, *Veto)}
    parts = [kept[name].astype(object).map(meanings).fillna("") for name in ("relation", "veto")]
    needs = (parts[0] + "; " + parts[1]).str.strip("; ")
    of_people = (kept["level"] == "patient").to_numpy(dtype=bool)
    of_needs = np.where(foreign, needs, kept["why"].astype(object))
    # Where people are asked once more the engine takes the two for nothing.
    return np.where(again & foreign, AGAIN, np.where(of_people, people, of_needs))
