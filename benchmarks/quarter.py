"""Does anything get lost in a quarter? Thirteen Mondays of a region, and all that goes wrong.

People join, leave, are treated, die, are corrected; reviewers answer, some of them wrong, some in
conflict; one organisation is late, one sends half a file, one changes its hospital numbers; one run
is killed half-way; both rows of a confirmed duplicate are removed in one week::

    python benchmarks/quarter.py --needs 1500

Prints what held, week by week. Figures of one run are in docs/quarter.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter

ROOT = str(Path(__file__).parents[1])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

import pandas as pd  # noqa: E402
from openpyxl import load_workbook  # noqa: E402

import waitlist_merge as wm  # noqa: E402
from benchmarks.quarter_region import FIRST_MONDAY, Region  # noqa: E402
from waitlist_merge.errors import InputError  # noqa: E402
from waitlist_merge.review.arrivals import Allowed  # noqa: E402
from waitlist_merge.review.facts import patterns, said_by  # noqa: E402
from waitlist_merge.review.filing import read_workbooks  # noqa: E402
from waitlist_merge.review.rows import AnswerRow  # noqa: E402


@dataclass(frozen=True)
class Script:
    """In which week what happens; ``answered``: somebody rings about what both removed.

    In week ``in_workbooks`` the reviewers of each organisation fill in the workbook, which is read
    back; in the others their answers go to the register as rows, which is quicker.
    """

    weeks: int = 13
    in_workbooks: int = 2
    late: int = 4
    half: int = 6
    renumbered: int = 8
    killed: int = 9
    both_removed: int = 10
    answered: int = 12


SHORT = Script(weeks=7, late=2, half=3, renumbered=4, killed=5, both_removed=5, answered=7)
"""The same in seven weeks, for a test."""

WRONG, UNSURE = 0.04, 0.05
"""Share of a reviewer's answers that are wrong, and of those that settle nothing."""
A_WEEK = 40
"""Questions answered each week."""

Lists = dict[str, tuple[pd.DataFrame, list[int]]]


@dataclass
class Quarter:
    """A quarter under way: the region, the register, and what was seen so far."""

    region: Region
    register: Path
    chance: Random
    script: Script
    ids: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    lost_ids: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    apart: dict[tuple[str, str, str], str] = field(default_factory=dict)
    given: int = 0
    numbered: int = 0
    accounted: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    both: int = -1
    told: list[dict[str, object]] = field(default_factory=list)

    def check(self, holds: bool, said: str) -> None:
        """Remember what did not hold."""
        if not holds:
            self.failures.append(said)


def run_quarter(
    folder: Path, *, needs: int, seed: int = 7, script: Script | None = None
) -> Quarter:
    """The weeks, one after another, and what was seen."""
    region = Region.of(needs=needs, seed=seed)
    script = script or Script()
    quarter = Quarter(region, folder / "register.db", Random(seed + 1), script)  # noqa: S311
    for week in range(1, script.weeks + 1):
        if week > 1:
            region.pass_a_week(_monday(week))
        one_week(quarter, week)
    again(quarter, script.weeks)
    return quarter


def _monday(week: int) -> dt.date:
    return FIRST_MONDAY + dt.timedelta(weeks=week - 1)


def one_week(quarter: Quarter, week: int) -> None:
    """One Monday: the lists come, are merged, looked at, and answered."""
    region = quarter.region
    if week == quarter.script.renumbered:
        region.renumber("RW3")
    if week == quarter.script.both_removed:
        remove_both(quarter)
    lists = region.lists()
    if week == quarter.script.late:
        del lists["R0A"]
    if week == quarter.script.half:
        frame, numbers = lists["RXL"]
        half = len(numbers) // 2
        lists["RXL"] = (frame.iloc[:half], numbers[:half])
    if week == quarter.script.killed:
        killed_half_way(quarter, week, lists)
    start = perf_counter()
    result = merged(quarter, week, lists)
    seconds = perf_counter() - start
    look(quarter, week, lists, result, seconds)
    answer(quarter, week, lists, result)


def extracts(week: int, lists: Lists) -> list[wm.Extract]:
    return [
        wm.Extract.from_frame(
            frame, organisation=code, census_date=_monday(week), name=f"{code}.csv"
        )
        for code, (frame, _) in lists.items()
    ]


def merged(quarter: Quarter, week: int, lists: Lists) -> wm.MergeResult:
    """The run; a list that is not as expected stops it first, and then somebody accepts it."""
    script = quarter.script
    wrong = {
        script.late: ("absent", "R0A"),
        script.half: ("fewer", "RXL"),
        script.renumbered: ("renumbered", "RW3"),
    }
    allowed = None
    with wm.Register.open(str(quarter.register)) as register:
        if week in wrong:
            kind, code = wrong[week]
            try:
                wm.merge(extracts(week, lists), register=register)
                quarter.check(False, f"week {week}: {kind} {code} did not stop the run")
            except InputError as error:
                quarter.check(f"--allow-{kind} {code}" in str(error), f"week {week}: {error}")
            allowed = Allowed(**{kind: (code,)})
        return wm.merge(extracts(week, lists), register=register, allowed=allowed)


def killed_half_way(quarter: Quarter, week: int, lists: Lists) -> None:
    """A run of its own process, killed as it begins to remember: it leaves nothing."""
    with wm.Register.open(str(quarter.register)) as register:
        before = len(register.runs())
    with tempfile.NamedTemporaryFile(suffix=".pickle") as file:
        pickle.dump((str(quarter.register), week, lists), file)
        file.flush()
        ended = subprocess.run([sys.executable, __file__, "--killed", file.name], check=False)
    quarter.check(ended.returncode == -signal.SIGKILL, f"week {week}: the run was not killed")
    with wm.Register.open(str(quarter.register)) as register:
        quarter.check(len(register.runs()) == before, f"week {week}: the killed run is recorded")


def to_be_killed(path: str) -> None:
    """What the killed process does."""
    register, week, lists = pickle.loads(Path(path).read_bytes())  # noqa: S301 - our own

    def progress(stage: str) -> None:
        if stage == "remember":
            os.kill(os.getpid(), signal.SIGKILL)

    with wm.Register.open(register) as opened:
        wm.merge(extracts(week, lists), register=opened, progress=progress)


def remove_both(quarter: Quarter) -> None:
    """Both organisations close their row of a duplicate that both have confirmed."""
    confirmed = [
        need
        for need in quarter.region.needs
        if not need.ended
        and len(need.places) == 2
        and all(quarter.region.places[each].state == "waiting" for each in need.places)
        and all(each in quarter.ids for each in need.places)
        and len({quarter.ids[each][2] for each in need.places}) == 1
        and any(quarter.ids[each][0] in quarter.confirmed for each in need.places)
    ]
    quarter.check(bool(confirmed), "no confirmed duplicate to remove both rows of")
    if confirmed:
        need = confirmed[0]
        quarter.both = quarter.region.needs.index(need)
        for each in need.places:
            quarter.region.places[each].state = "gone"


def places_of(lists: Lists, result: wm.MergeResult) -> list[int]:
    """Which place each entry of the run is."""
    of = {code: numbers for code, (_, numbers) in lists.items()}
    rows = result.entries[["organisation", "source_row"]].itertuples(index=False, name=None)
    return [of[str(code)][int(row) - 1] for code, row in rows]


def look(quarter: Quarter, week: int, lists: Lists, result: wm.MergeResult, seconds: float) -> None:
    """What held this week: counts, ids, decisions, and that nobody is lost."""
    entries, places = result.entries, places_of(lists, result)
    sent = sum(len(numbers) for _, numbers in lists.values())
    quarter.check(len(entries) == sent, f"week {week}: {sent} rows came, {len(entries)} went")
    columns = ("entry_id", "patient_id", "pathway_id")
    now = dict(zip(places, zip(*(entries[name] for name in columns), strict=True), strict=True))
    quarter.check(len({ids[0] for ids in now.values()}) == sent, f"week {week}: an id twice")
    logged = logged_ids(result)
    for place, ids in now.items():
        for name, was, is_now in zip(columns, quarter.ids.get(place, ids), ids, strict=True):
            quarter.kept[name] += 1
            if was != is_now:
                quarter.lost_ids[name] += 1
                told = name == "entry_id" or (was, is_now) in logged
                quarter.check(told, f"week {week}: a {name} changed and nothing says so")
    quarter.ids |= now
    members = set(result.members["entry_id"])
    missing = {each for ids in result.unaccounted["entry_ids"] for each in str(ids).split(";")}
    nobody = lost_needs(quarter, set(lists), members, missing)
    quarter.check(not nobody, f"week {week}: {len(nobody)} needs are lost without a word")
    together = dict(zip(entries["entry_id"], entries["pathway_id"], strict=True))
    people = dict(zip(entries["entry_id"], entries["patient_id"], strict=True))
    for (one, other, _), level in quarter.apart.items():
        of = people if level == "patient" else together
        if one in of and other in of:
            quarter.check(of[one] != of[other], f"week {week}: kept apart, yet together")
    duplicates = entries["outcome"] == "confirmed_duplicate"
    quarter.confirmed = set(entries.loc[duplicates, "entry_id"])
    quarter.told.append(
        {
            "week": week,
            "rows": sent,
            "new": count(result, "new"),
            "gone": count(result, "gone") + count(result, "closed"),
            "unaccounted": len(result.unaccounted),
            "questions": len(result.review_queue),
            "confirmed": int(duplicates.sum()),
            "seconds": round(seconds, 1),
        }
    )
    if quarter.both >= 0 and week < quarter.script.answered:
        ids = {quarter.ids[each][0] for each in quarter.region.needs[quarter.both].places}
        quarter.check(ids <= missing, f"week {week}: the duplicate closed twice is not asked about")


def count(result: wm.MergeResult, change: str) -> int:
    return int((result.changes["change"] == change).sum())


def logged_ids(result: wm.MergeResult) -> set[tuple[str, str]]:
    """The old and the new id of every merge and split that the run tells of."""
    told = result.changes[result.changes["change"].isin(["ids_merged", "id_split"])]
    return set(zip(told["before"], told["after"], strict=True))


def lost_needs(quarter: Quarter, came: set[str], members: set[str], missing: set[str]) -> list[int]:
    """Needs that are not over, are on no list, and of which nobody is asked.

    What an organisation whose list did not come has closed, nobody can know before the next week.
    """
    lost = []
    for number, need in enumerate(quarter.region.needs):
        known = [each for each in need.places if each in quarter.ids]
        if need.ended or not known:
            continue
        ids = {quarter.ids[each][0] for each in known}
        late = any(quarter.region.places[each].organisation not in came for each in known)
        if not (late or ids & members or ids & missing or ids & quarter.accounted):
            lost.append(number)
    return lost


def answer(quarter: Quarter, week: int, lists: Lists, result: wm.MergeResult) -> None:
    """Reviewers of the organisations concerned answer some questions, most of them rightly."""
    entries = result.entries.reset_index(drop=True)
    place = dict(zip(entries["entry_id"], places_of(lists, result), strict=True))
    known = {ids[0]: number for number, ids in quarter.ids.items()} | place
    row_of = {name: at for at, name in enumerate(entries["entry_id"])}
    rows: list[AnswerRow] = []
    queue = result.review_queue
    chosen = queue.sample(min(A_WEEK, len(queue)), random_state=week)
    for question in chosen.to_dict("records"):
        sides = [side.split(";") for side in str(question["sides"]).split("|")]
        names = sorted(name for side in sides for name in side)
        if question["level"] == "unaccounted":
            rows += account_for(quarter, week, question, [known[name] for name in names])
            continue
        if not all(name in row_of for name in names):
            continue
        said = said_by(entries.iloc[[row_of[name] for name in names]])
        facts = patterns(said, range(len(names)))
        for code in str(question["organisations"]).split(";"):
            rows.append(answer_of(quarter, week, question, sides, known, code, facts))
    quarter.given += len(rows)
    with wm.Register.open(str(quarter.register)) as register:
        if week == quarter.script.in_workbooks:
            new, again = hand_in(quarter, week, result, rows, register)
        else:
            new, again = register.add_answers(rows), register.add_answers(rows)
        quarter.check(new == len(rows) and not again, f"week {week}: answers lost or kept twice")
        quarter.check(len(register.answers()) == quarter.given, f"week {week}: answers are missing")


def hand_in(
    quarter: Quarter,
    week: int,
    result: wm.MergeResult,
    rows: list[AnswerRow],
    register: wm.Register,
) -> tuple[int, int]:
    """The answers in a workbook of each organisation, read twice: how many were new each time."""
    folder = quarter.register.parent / f"week {week}"
    result.save(folder, tables="csv", workbook=True)
    filled = []
    for code in sorted({row.organisation for row in rows}):
        book = load_workbook(folder / "combined_list.xlsx")
        sheet = book["Questions"]
        heads = [cell.value for cell in sheet[1]]
        lines = {
            line[heads.index("Question id")].value: line for line in sheet.iter_rows(min_row=2)
        }
        for row in rows:
            if row.organisation == code:
                cells = dict(zip(heads, lines[row.question_id], strict=True))
                for heading, value in _cells(row).items():
                    cells[heading].value = value
        filled.append(folder.parent / f"{code}.xlsx")
        book.save(filled[-1])
    day = _monday(week) + dt.timedelta(days=4)
    first, second = (read_workbooks(filled, register, today=day) for _ in range(2))
    quarter.check(not first.problems, f"week {week}: {'; '.join(first.problems[:3])}")
    return first.new_answers, second.new_answers


def _cells(row: AnswerRow) -> dict[str, object]:
    """What a reviewer types."""
    return {
        "Answer": row.answer,
        "Reviewer": row.reviewer,
        "Reviewer's organisation": row.organisation,
        "Role": row.role,
        "Date": row.answered_on,
        "Note": row.note,
        "Second person": row.second_person,
        "Reason for overriding": row.reason,
    }


def truth_of(quarter: Quarter, level: str, sides: list[set[int]]) -> str:
    """What the answer is, for somebody who knows the places on each side."""
    needs = [{quarter.region.places[each].need for each in side} for side in sides]
    of = needs
    if level == "patient":
        of = [{quarter.region.needs[each].person for each in side} for side in needs]
    noun = ("person", "people") if level == "patient" else ("need", "needs")
    if len(set.union(*of)) == 1:
        return f"same {noun[0]}"
    apart = sum(map(len, of)) == len(set.union(*of)) == len(of)
    return f"different {noun[1]}" if apart else "cannot tell"


def answer_of(
    quarter: Quarter,
    week: int,
    question: dict[str, object],
    sides: list[list[str]],
    known: dict[str, int],
    code: str,
    facts: dict[str, tuple[int, ...]],
) -> AnswerRow:
    """What one organisation's reviewer says: right, wrong, or unsure."""
    level, drawn = str(question["level"]), quarter.chance.random()
    side_of = {name: at for at, side in enumerate(sides) for name in side}
    names = sorted(side_of)
    said = truth_of(quarter, level, [{known[name] for name in side} for side in sides])
    other = {
        "same person": "different people",
        "different people": "same person",
        "same need": "different needs",
        "different needs": "same need",
    }
    if drawn < WRONG:
        said = other.get(said, said)
    elif drawn < WRONG + UNSURE:
        said = "cannot tell"
    author = f"Clerk {1 + week % 3} of {code}"
    for one in names:
        for two in names:
            if side_of[one] < side_of[two]:
                pair = (min(one, two), max(one, two), f"{level} {author}")
                if said.startswith("different"):
                    quarter.apart[pair] = level
                elif said.startswith("same"):
                    quarter.apart.pop(pair, None)
    quarter.numbered += 1
    veto = str(question["veto"] or "") if pd.notna(question["veto"]) else ""
    return AnswerRow(
        f"A-{quarter.numbered:06d}",
        str(question["question_id"]),
        level,
        tuple(names),
        tuple(side_of[name] for name in names),
        said,
        veto=veto,
        reviewer=author,
        organisation=code,
        role="Booking clerk",
        answered_on=_monday(week) + dt.timedelta(days=2),
        second_person="Manager" if veto else "",
        reason="Looked up with the Spine" if veto else "",
        facts=facts,
        run=week,
    )


def account_for(
    quarter: Quarter, week: int, question: dict[str, object], places: list[int]
) -> list[AnswerRow]:
    """Somebody rings: the patient was treated, or is put back on the list."""
    region = quarter.region
    needs = {region.places[each].need for each in places}
    if quarter.both in needs and week < quarter.script.answered - 1:
        return []
    if all(region.needs[each].ended for each in needs) or quarter.both in needs:
        quarter.accounted |= {quarter.ids[each][0] for each in places}
        quarter.numbered += 1
        names = tuple(str(question["entry_ids"]).split(";"))
        return [
            AnswerRow(
                f"A-{quarter.numbered:06d}",
                str(question["question_id"]),
                "unaccounted",
                names,
                tuple(range(len(names))),
                "accounted for",
                reviewer="Coordinator",
                organisation=str(question["organisations"]).split(";")[0],
                note="Rang the patient",
                answered_on=_monday(week) + dt.timedelta(days=3),
                run=week,
            )
        ]
    for each in places:
        if not region.needs[region.places[each].need].ended:
            region.places[each].state = "waiting"
    return []


def again(quarter: Quarter, week: int) -> None:
    """The last lists once more: nothing changes."""
    lists = quarter.region.lists()
    result = _repeat(quarter, week, lists)
    places = places_of(lists, result)
    columns = ("entry_id", "patient_id", "pathway_id")
    now = dict(
        zip(places, zip(*(result.entries[name] for name in columns), strict=True), strict=True)
    )
    changed = sum(quarter.ids[place][0] != ids[0] for place, ids in now.items())
    quarter.check(changed == 0, f"again: {changed} entry ids changed")


def _repeat(quarter: Quarter, week: int, lists: Lists) -> wm.MergeResult:
    with wm.Register.open(str(quarter.register)) as register:
        wm.merge(extracts(week, lists), register=register)
        first = wm.merge(extracts(week, lists), register=register)
        second = wm.merge(extracts(week, lists), register=register)
    for name in ("entry_id", "patient_id", "pathway_id"):
        same = first.entries[name].tolist() == second.entries[name].tolist()
        quarter.check(same, f"again: some {name} changed on unchanged lists")
    quarter.check(
        first.changes.astype(object).equals(second.changes.astype(object)),
        "again: the changes told are others",
    )
    return second


def report(quarter: Quarter) -> str:
    """What held, in lines."""
    table = pd.DataFrame(quarter.told).to_string(index=False)
    ids = [
        f"{name}: {quarter.kept[name] - quarter.lost_ids[name]:,} of {quarter.kept[name]:,} kept"
        for name in quarter.kept
    ]
    held = "everything held" if not quarter.failures else "DID NOT HOLD:"
    answers = f"answers given and kept: {quarter.given:,}"
    return "\n".join([table, "", *ids, answers, held, *quarter.failures])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, default=1_500)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--killed", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.killed:
        to_be_killed(given.killed)
        return
    with tempfile.TemporaryDirectory() as folder:
        quarter = run_quarter(Path(folder), needs=given.needs, seed=given.seed)
    print(report(quarter))
    sys.exit(bool(quarter.failures))


if __name__ == "__main__":
    main()
