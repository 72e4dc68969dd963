"""Hard cases of answers: who has said what of whom, and what the engine is to obey.

``tests/cases/answers.csv`` has one case a line. ``entries`` are ``name:organisation`` with facts in
brackets; ``answers`` are separated by ``/``: organisation, reviewer, the answer, and the entries,
with ``|`` between the sides. ``change`` says which facts changed after that (or which entry is
gone); ``later`` marks an answer given after the change. ``joined`` and ``apart`` are what the
engine obeys, at which level; ``standings`` what has become of each answer not taken back.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.review.answers import Answer
from waitlist_merge.review.facts import patterns, said_by
from waitlist_merge.review.rows import AnswerRow
from waitlist_merge.review.ruling import in_force

CASES = [
    *csv.DictReader(
        (Path(__file__).parent / "cases" / "answers.csv").read_text("utf-8").splitlines()
    )
]
SHORT = {
    "tf": "treatment_function_code",
    "proc": "procedure_code",
    "side": "laterality",
    "born": "birth_date",
    "name": "family_name",
}
SAID = re.compile(
    r"(?P<later>later )?(?P<organisation>\w+) (?P<reviewer>\w+): (?P<answer>.+?) of (?P<sides>\S+)"
    r"(?: asked (?P<asked>\w+))?(?: unseen (?P<unseen>\w+))?(?: veto (?P<veto>\w+))?"
    r"(?: second (?P<second>\S+))?(?: reason (?P<reason>\w+))?(?: on (?P<day>\d+))?$"
)


def rows_of(text: str) -> dict[str, dict[str, str]]:
    found = {}
    for each in text.split():
        name, organisation, facts = re.match(r"(\w+):(\w+)(?:\((.*)\))?$", each).groups()
        told = dict(pair.split("=") for pair in (facts or "").split(";") if pair)
        found[name] = {"organisation": organisation} | {SHORT[k]: v for k, v in told.items()}
    return found


def after(rows, change: str):
    """The entries once the facts have changed."""
    now = {name: dict(row) for name, row in rows.items()}
    words = change.split()
    while words:
        name, what = words.pop(0), words.pop(0)
        if what == "gone":
            del now[name]
        else:
            field, value = what.split("=")
            now[name][SHORT[field]] = value
    return now


def listed(typed, rows):
    return typed([*rows.values()]).assign(entry_id=[*rows])


def answer_rows(typed, text: str, then, now) -> list[AnswerRow]:
    found: list[AnswerRow] = []
    for number, said in enumerate(text.split(" / "), start=1):
        if said.startswith("undo"):
            undone = f"A-{said.split()[1]}"
            found.append(AnswerRow(f"A-{number}", "", "", (), (), "", undoes=undone))
            continue
        told = SAID.match(said).groupdict(default="")
        side_of = {
            name: side
            for side, names in enumerate(told["sides"].split("|"))
            for name in names.split(",")
        }
        rows = now if told["later"] else then
        entries = listed(typed, {name: rows[name] for name in sorted(side_of) if name in rows})
        answer = Answer(told["answer"])
        asked = "patient" if answer in (Answer.SAME_PERSON, Answer.DIFFERENT_PEOPLE) else "pathway"
        found.append(
            AnswerRow(
                f"A-{number}",
                f"Q-{told['sides']}",
                told["asked"] or asked,
                tuple(sorted(side_of)),
                tuple(side_of[name] for name in sorted(side_of)),
                answer,
                veto=told["veto"],
                reviewer=told["reviewer"],
                organisation=told["organisation"],
                answered_on=date(2026, 11, int(told["day"] or 1 + number)),
                second_person=told["second"],
                reason=told["reason"],
                facts=patterns(said_by(entries), range(len(entries))),
                unseen=tuple(told["unseen"].split()),
            )
        )
    return found


def pairs_of(rulings, names, *, joined: bool) -> dict[str, set[tuple[str, str]]]:
    return {
        level: {
            (names[a], names[b])
            for a, b, yes in zip(said.a, said.b, said.joined, strict=True)
            if yes == joined
        }
        for level, said in (("patient", rulings.patients), ("pathway", rulings.pathways))
    }


def expected(text: str, sign: str) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {"patient": set(), "pathway": set()}
    level = ""
    for word in text.split():
        if word in found:
            level = word
        else:
            found[level].add(tuple(word.split(sign)))
    return found


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_what_people_said_holds_as_the_rules_say(typed, case):
    then = rows_of(case["entries"])
    now = after(then, case["change"])
    rulings = in_force(answer_rows(typed, case["answers"], then, now), listed(typed, now))
    names = [*now]
    assert pairs_of(rulings, names, joined=True) == expected(case["joined"], "+"), case["why"]
    assert pairs_of(rulings, names, joined=False) == expected(case["apart"], "-"), case["why"]
    standings = " / ".join(rulings.answers["standing"])
    assert standings == case["standings"], case["why"]
    if case["detail"]:
        assert case["detail"] in " / ".join(rulings.answers["detail"]), case["why"]


def test_each_case_is_there_once():
    assert len({case["id"] for case in CASES}) == len(CASES) >= 40


NAMES = ("a", "b", "c", "d")
SAYS = st.fixed_dictionaries(
    {
        "answer": st.sampled_from([Answer.SAME_PERSON, Answer.DIFFERENT_PEOPLE, Answer.ASK_AGAIN]),
        "reviewer": st.sampled_from(["Amy", "Bob"]),
        "organisation": st.sampled_from(["RM3", "RW3"]),
        "names": st.sets(st.sampled_from(NAMES), min_size=2),
        "veto": st.sampled_from(["", "twins"]),
        "second_person": st.sampled_from(["", "Cal"]),
        "unseen": st.sampled_from([(), ("d",)]),
    }
)


def row_of(number: int, said) -> AnswerRow:
    names = tuple(sorted(said["names"]))
    rest = {name: value for name, value in said.items() if name != "names"}
    rest |= {"reason": "seen"} if said["second_person"] else {}
    return AnswerRow(f"A-{number}", "Q-1", "patient", names, (*range(len(names)),), **rest)


def latest(said, pair):
    """What each person said last of a pair, by plain search."""
    found = {}
    for each in said:
        if set(pair) <= each["names"]:
            found[each["reviewer"], each["organisation"]] = each
    return [*found.values()]


def reached(pairs, start: str) -> set[str]:
    found = {start}
    for _ in NAMES:
        found |= {name for pair in pairs if found & set(pair) for name in pair}
    return found


@settings(max_examples=80)
@given(
    st.lists(SAYS, max_size=7),
    st.lists(st.sampled_from(["RM3", "RW3"]), min_size=4, max_size=4),
)
def test_nothing_is_joined_that_not_all_concerned_have_said_and_seen(typed, said, organisations):
    entries = typed([{"organisation": each} for each in organisations])
    entries = entries.assign(entry_id=NAMES)
    of = dict(zip(NAMES, organisations, strict=True))
    rulings = in_force([row_of(number, each) for number, each in enumerate(said)], entries)
    joined = pairs_of(rulings, NAMES, joined=True)["patient"]
    apart = pairs_of(rulings, NAMES, joined=False)["patient"]
    keeps, joins = Answer.DIFFERENT_PEOPLE, Answer.SAME_PERSON
    for a in range(len(NAMES)):
        for b in range(a + 1, len(NAMES)):
            pair = (NAMES[a], NAMES[b])
            words = latest(said, pair)
            assert (pair in apart) == any(each["answer"] == keeps for each in words)
            if pair in joined:
                valid = [each for each in words if each["answer"] == joins and not each["unseen"]]
                whole = reached(joined, pair[0])
                assert {of[name] for name in pair} <= {
                    each["organisation"] for each in valid if set(pair) <= each["names"]
                }
                assert any(whole <= each["names"] for each in valid)
                concerned = {of[name] for name in pair}
                voices = {each["reviewer"] for each in valid if each["organisation"] in concerned}
                assert len(voices) >= len(concerned)
                named = {each["veto"] for each in valid} - {""}
                assert not named or any(each["second_person"] for each in valid)
    for pair in apart:
        assert pair[1] not in reached(joined, pair[0])
    assert rulings.pathways.a.size == 0


BORN = {"same": "1957-03-08", "differ": "1957-08-03"}
SEEN = st.tuples(
    st.sampled_from([Answer.SAME_PERSON, Answer.DIFFERENT_PEOPLE, Answer.CANNOT_TELL]),
    st.sampled_from(["Amy", "Bob", "Cal"]),
    st.sampled_from(["RM3", "RW3"]),
    st.sampled_from([*BORN]),
)


@settings(max_examples=80)
@given(st.lists(SEEN, max_size=8), st.sampled_from([*BORN]))
def test_what_is_kept_apart_is_joined_only_by_those_who_have_seen_what_changed(typed, said, now):
    entries = typed(
        [
            {"organisation": "RM3", "birth_date": BORN["same"]},
            {"organisation": "RW3", "birth_date": BORN[now]},
        ]
    ).assign(entry_id=["a", "b"])
    rows = [
        AnswerRow(
            f"A-{number}",
            "Q-1",
            "patient",
            ("a", "b"),
            (0, 1),
            answer,
            reviewer=who,
            organisation=code,
            facts={"birth date": (0, 0) if seen == "same" else (0, 1)},
        )
        for number, (answer, who, code, seen) in enumerate(said)
    ]
    last = {(who, code): number for number, (_, who, code, _) in enumerate(said)}
    words = [(number, *said[number]) for number in sorted(last.values())]
    keeps = [each for each in words if each[1] == Answer.DIFFERENT_PEOPLE]
    stale = now == "same" and all(each[4] == "differ" for each in keeps)
    since = max((each[0] for each in keeps), default=-1)
    joins = [
        each
        for each in words
        if each[1] == Answer.SAME_PERSON
        and not (each[4] == "same" and now == "differ")
        and (not keeps or (each[0] > since and each[4] == now))
    ]
    everybody = {each[3] for each in joins} == {"RM3", "RW3"} and len({e[2] for e in joins}) > 1
    joined = everybody and (not keeps or stale)
    rulings = in_force(rows, entries)
    pair = {("a", "b")}
    assert (pairs_of(rulings, "ab", joined=True)["patient"] == pair) == joined
    assert (pairs_of(rulings, "ab", joined=False)["patient"] == pair) == (
        bool(keeps) and not joined
    )
