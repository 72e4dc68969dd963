"""What reviewers do in a week of the quarter: they answer, most of them rightly, and work.

They fill in the workbook that the run wrote, each organisation its own, and hand it in twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook

import waitlist_merge as wm
from benchmarks.quarter_state import Lists, Quarter, Step, Verdict, monday, places_of
from waitlist_merge.review.facts import OF_LEVEL, patterns, said_by
from waitlist_merge.review.filing import read_workbooks
from waitlist_merge.review.rows import AnswerRow

WRONG, UNSURE = 0.04, 0.05
"""Share of a reviewer's answers that are wrong, and of those that settle nothing."""
A_WEEK = 40
"""Questions answered each week."""
STEPS_A_WEEK = 6
"""Confirmed duplicates on which each organisation begins to work in a week."""
CLAIMED = 3
"""Of so many rows that are closed in words, one is not closed: it has to be found out."""


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
    quarter.said.update(map(audited, rows))
    with wm.Register.open(str(quarter.register)) as register:
        if week in quarter.script.in_workbooks:
            new, again = hand_in(quarter, week, result, rows, register)
        else:
            new, again = register.add_answers(rows), register.add_answers(rows)
        quarter.check(new == len(rows) and not again, f"week {week}: answers lost or kept twice")
        quarter.check(len(register.answers()) == quarter.given, f"week {week}: answers are missing")


def audited(row: AnswerRow) -> tuple[object, ...]:
    """What the register has to have of an answer, whichever way it came."""
    return row.question_id, row.entry_ids, row.answer, row.organisation, row.reviewer, row.note


def hand_in(
    quarter: Quarter,
    week: int,
    result: wm.MergeResult,
    rows: list[AnswerRow],
    register: wm.Register,
) -> tuple[int, int]:
    """Answers and work in a workbook of each organisation, read twice: new answers each time."""
    folder = quarter.register.parent / f"week {week}"
    result.save(folder, tables="csv", workbook=True)
    book = load_workbook(folder / "combined_list.xlsx")
    for name in book.sheetnames:
        if name not in ("Questions", "Duplicates"):
            del book[name]
    work = dict(planned(quarter, week))
    filled = []
    for code in sorted({row.organisation for row in rows} | {code for code, _ in work.values()}):
        mine = {row.question_id: _cells(row) for row in rows if row.organisation == code}
        steps = {need: cells for need, (whose, cells) in work.items() if whose == code}
        typed = [*_typed(book, "Questions", "Question id", mine)]
        typed += _typed(book, "Duplicates", "Need", steps)
        filled.append(folder.parent / f"{code}.xlsx")
        book.save(filled[-1])
        for cell in typed:
            cell.value = None
    day = monday(week) + dt.timedelta(days=4)
    first, second = (read_workbooks(filled, register, today=day) for _ in range(2))
    quarter.check(not first.problems, f"week {week}: {'; '.join(first.problems[:3])}")
    quarter.check(first.new_work == len(work), f"week {week}: steps of work are missing")
    quarter.check(not second.new_work, f"week {week}: steps of work were kept twice")
    quarter.steps += len(work)
    quarter.in_books += first.new_answers
    return first.new_answers, second.new_answers


def _typed(
    book: Workbook, name: str, key: str, rows: dict[str, dict[str, object]]
) -> Iterator[Cell]:
    """Fill in cells of a sheet, by the id in a column; a heading that is not there is added."""
    sheet = book[name]
    heads = [cell.value for cell in sheet[1]]
    for heading in sorted({each for cells in rows.values() for each in cells} - {*heads}):
        heads.append(heading)
        sheet.cell(1, len(heads)).value = heading
    at = heads.index(key)
    for line in sheet.iter_rows(min_row=2, max_col=len(heads)):
        for heading, value in rows.pop(str(line[at].value), {}).items():
            cell = line[heads.index(heading)]
            cell.value = value
            yield cell


def planned(quarter: Quarter, week: int) -> Iterator[tuple[str, tuple[str, dict[str, object]]]]:
    """The next step on duplicates that are confirmed: of each need who tells it, and the cells."""
    begun = 0
    for need in quarter.confirmed_pairs():
        one, other = need
        step = quarter.work.get(need)
        if step is None:
            begun += 1
            if begun > STEPS_A_WEEK:
                continue
            claimed = len(quarter.work) % CLAIMED == CLAIMED - 1
            step = quarter.work[need] = Step(one, other, "agreed", not claimed)
        else:
            step.state = {"agreed": "told", "told": "closed"}.get(step.state, "done")
        if step.state == "done":
            continue
        keeps, closes = (quarter.region.places[each].organisation for each in (one, other))
        words = {
            "agreed": f"agreed: {keeps} keeps",
            "told": "patient told",
            "closed": f"closed at {closes}",
        }
        if step.state == "closed" and step.true:
            quarter.region.places[other].state = "gone"
        teller = closes if step.state == "closed" else keeps
        yield (
            quarter.ids[one][2],
            (
                teller,
                {
                    "Work state": words[step.state],
                    "Owner organisation": closes,
                    "Owner": f"Clerk of {closes}",
                    "Due": monday(week) + dt.timedelta(weeks=8),
                    "Reviewer": f"Clerk of {teller}",
                    "Reviewer's organisation": teller,
                    "Date": monday(week) + dt.timedelta(days=3),
                },
            ),
        )


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
    quarter.numbered += 1
    for at, one in enumerate(names):
        for place, two in enumerate(names[:at]):
            if side_of[one] == side_of[two]:
                continue
            pair = (two, one, level, author)
            alike = [each for each, said_of in facts.items() if said_of[at] == said_of[place] >= 0]
            verdict = Verdict(quarter.numbered, code, frozenset({*alike} & {*OF_LEVEL[level]}))
            for word, heard in (("different", quarter.apart), ("same", quarter.one)):
                heard.pop(pair, None)
                if said.startswith(word):
                    heard[pair] = verdict
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
        answered_on=monday(week) + dt.timedelta(days=2),
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
        names = tuple(str(question["entry_ids"]).split(";"))
        asked = str(question["organisations"]).split(";")
        quarter.numbered += len(asked)
        return [
            AnswerRow(
                f"A-{quarter.numbered - at:06d}",
                str(question["question_id"]),
                "unaccounted",
                names,
                tuple(range(len(names))),
                "accounted for",
                reviewer=f"Clerk of {code}",
                organisation=code,
                note="Rang the patient",
                answered_on=monday(week) + dt.timedelta(days=3),
                run=week,
            )
            for at, code in enumerate(asked)
        ]
    for each in places:
        if not region.needs[region.places[each].need].ended:
            region.places[each].state = "waiting"
    return []
