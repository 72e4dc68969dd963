"""Filled workbooks come back: what is recorded, what is a problem, what the next merge obeys."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import waitlist_merge as wm
from waitlist_merge.cli import app
from waitlist_merge.errors import InputError
from waitlist_merge.outputs.views import made_ready, view
from waitlist_merge.review.checking import Checks
from waitlist_merge.review.filing import read_workbooks, status_of, undo
from waitlist_merge.review.headings import HIDDEN
from waitlist_merge.review.pilot import draw
from waitlist_merge.review.register import Register
from waitlist_merge.review.returned import Returned, fingerprint, returned_rows
from waitlist_merge.review.rows import AnswerRow, not_undone

CENSUS = "2026-11-15"
TODAY = dt.date(2026, 11, 17)
PEOPLE = {
    "RM3": [("Okafor", "Chidi", "1971-05-03", "W371"), ("Lee", "Ann", "1960-01-02", "")],
    "RW3": [("Okafor", "Chidi", "1971-05-03", "W371"), ("Lee", "Anne", "1960-01-02", "")],
}
NUMBERS = {"Okafor": "9990000018", "Lee": ""}


def extract(organisation: str) -> wm.Extract:
    rows = [
        {
            "NHS number": NUMBERS[family],
            "Surname": family,
            "Forename": given,
            "DOB": born,
            "Postcode": "LS6 2AB",
            "Hospital number": f"{organisation}{place}",
            "Treatment function code": "110" if family == "Okafor" else "130",
            "Procedure code": procedure,
            "RTT start": "2026-03-02" if organisation == "RM3" else "2026-04-20",
            "RTT status": "20",
        }
        for place, (family, given, born, procedure) in enumerate(PEOPLE[organisation])
    ]
    return wm.Extract.from_frame(pd.DataFrame(rows), organisation=organisation)


def merged(at: Path) -> wm.MergeResult:
    with Register.open(at) as register:
        return wm.merge([extract("RM3"), extract("RW3")], census_date=CENSUS, register=register)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the register and the workbook of a first run."""
    folder = tmp_path_factory.mktemp("first")
    result = merged(folder / "register.db")
    result.save(folder / "out", tables="csv", workbook=True)
    shutil.copy(folder / "out" / "combined_list.xlsx", folder / "asked.xlsx")
    return folder


@pytest.fixture
def register(first: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(first / "register.db", tmp_path / "register.db"))


AS_ASKED = "as asked"
"""Fingerprint of a row that was asked with the hidden cells that a test gives it."""


def filled(first: Path, to: Path, answers: dict[tuple[str, str], dict[str, object]]) -> Path:
    """The workbook with cells filled in, by level of the question and service."""
    book = openpyxl.load_workbook(first / "asked.xlsx")
    sheet = book["Questions"]
    headings = [cell.value for cell in sheet[1]]
    assert {"Question id", "Answer", "Reviewer", "Fingerprint", "Entries"} <= {*headings}
    done = set()
    for row in sheet.iter_rows(min_row=2):
        cells = dict(zip(headings, row, strict=True))
        key = (cells["Level"].value, "Okafor" if "Okafor" in cells["Name"].value else "Lee")
        for heading, value in answers.get(key, {}).items():
            cells[heading].value = value
            done.add(key)
        if cells["Fingerprint"].value == AS_ASKED:
            hidden = [cells[each].value or "" for each in HIDDEN[:-1]]
            cells["Fingerprint"].value = fingerprint(*hidden)
    assert done == {*answers}
    book.save(to)
    return to


def said(answer: str | None, organisation: str = "RM3", **more: object) -> dict[str, object]:
    who = {"Reviewer": f"A. Clerk of {organisation}", "Reviewer's organisation": organisation}
    return {"Answer": answer, "Date": dt.datetime(2026, 11, 16)} | who | more  # noqa: DTZ001


NEED = ("pathway", "Okafor")


def read(register: Path, *workbooks: Path):
    with Register.open(register) as opened:
        return read_workbooks(workbooks, opened, today=TODAY)


def test_what_has_no_date_is_of_the_day_of_the_first_reading(first, register, tmp_path):
    work = {"Work state": "with RM3", "Owner organisation": "RM3", "Owner": "A. Clerk of RM3"}
    undated = said("different needs", Date=None, **work)
    book = filled(first, tmp_path / "undated.xlsx", {NEED: undated})
    filed = read(register, book)
    assert (filed.new_answers, filed.new_work, filed.problems) == (1, 1, [])
    assert "1 row has no date: the day of the first reading stands for it" in filed.summary()
    with Register.open(register) as opened:
        again = read_workbooks([book], opened, today=TODAY + dt.timedelta(days=1))
        (answer,), (step,) = opened.answers(), opened.work()
    assert (again.new_answers, again.new_work, again.problems) == (0, 0, [])
    assert answer.answered_on == step.said_on == TODAY
    dated = read(register, filled(first, tmp_path / "dated.xlsx", {NEED: said("same need")}))
    assert "no date" not in dated.summary()


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (None, "there is no such file; check the path"),
        (b"hello", "cannot be read as a workbook; save it as .xlsx"),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"),
            "is protected with a password; save it without one",
        ),
    ],
    ids=["missing", "text", "password"],
)
def test_a_workbook_that_cannot_be_read_says_why(register, tmp_path, contents, words):
    book = tmp_path / "sent.xlsx"
    if contents is not None:
        book.write_bytes(contents)
    with pytest.raises(InputError, match=f"^sent.xlsx: {words}"):
        read(register, book)


def pairs_of(result: wm.MergeResult, level: str) -> set[str]:
    """The pairs of which a sample may be drawn, by which the engine is judged."""
    drawn = draw(result.tables, n=1_000).query("level == @level")
    return {";".join(sorted(each)) for each in drawn[["entry_id_a", "entry_id_b"]].to_numpy()}


def test_a_need_is_one_once_both_organisations_have_said_so(first, register, tmp_path):
    before = merged(register)
    mine = before.entries.loc[before.entries["family_name"] == "Okafor", "entry_id"]
    queue = before.review_queue.set_index("entry_ids", drop=False)
    okafor = queue.loc[";".join(sorted(mine))]
    assert okafor["state"] == "open"
    one = filled(first, tmp_path / "rm3.xlsx", {NEED: said("same need")})
    assert (read(register, one).new_answers, merged(register).run) == (1, 3)
    half = merged(register).review_queue.set_index("question_id").loc[okafor["question_id"]]
    assert half["state"] == "proposed"
    assert half["said"].startswith("RM3 same need 16 Nov 2026 (waits for RW3)")
    assert half["who_answers"] == "Booking clerk at RW3"
    other = filled(first, tmp_path / "rw3.xlsx", {NEED: said("same need", "RW3")})
    assert read(register, one, other).new_answers == 1
    after = merged(register)
    assert okafor["question_id"] not in set(after.review_queue["question_id"])
    row = after.combined_list[after.combined_list["family_name"] == "Okafor"].iloc[0]
    assert (row["pathway_confidence"], row["confirmed_duplicates"]) == ("certain", 1)
    link = after.pathway_links[after.pathway_links["confidence"] == "certain"].iloc[0]
    assert "RM3 16 Nov 2026, RW3 16 Nov 2026" in link["explanation"]
    [reason] = after.entries.loc[after.entries["outcome"] == "confirmed_duplicate", "reason"]
    assert reason.endswith("or as people said"), "they share no identifier"
    assert pairs_of(before, "pathway") - pairs_of(after, "pathway") == {";".join(sorted(mine))}


def test_different_people_are_kept_apart_at_once_and_undone(first, register, tmp_path):
    who = ("patient", "Lee")
    book = filled(first, tmp_path / "a.xlsx", {who: said("different people")})
    filed = read(register, book)
    after = merged(register)
    lees = after.entries[after.entries["family_name"] == "Lee"]
    assert lees["patient_id"].nunique() == 2
    apart = after.patient_links[after.patient_links["veto"] == "decided_apart"]
    assert apart["joins"].tolist() == ["no"]
    assert not pairs_of(after, "patient") & {";".join(sorted(lees["entry_id"]))}
    assert not after.review_queue["entry_ids"].isin([";".join(sorted(lees["entry_id"]))]).any()
    [answer] = filed.taken.answers
    with Register.open(register) as opened:
        back = undo(opened, answer.answer_id, reviewer="B", reason="wrong row", today=TODAY)
        undo(opened, back.answer_id, reviewer="B", reason="it was right", today=TODAY)
        assert [each.key for each in not_undone(opened.answers())] == [answer.key]
        with pytest.raises(InputError, match="taken back already"):
            undo(opened, back.answer_id, reviewer="B", reason="once more", today=TODAY)
        undo(opened, answer.answer_id, reviewer="B", reason="no, wrong", today=TODAY)
        with pytest.raises(InputError, match="taken back already"):
            undo(opened, answer.answer_id, reviewer="B", reason="again", today=TODAY)
        with pytest.raises(InputError, match="has no answer or step A-x"):
            undo(opened, "A-x", reviewer="B", reason="no", today=TODAY)
        for who in ({"reviewer": " ", "reason": "no"}, {"reviewer": "B", "reason": " "}):
            with pytest.raises(InputError, match="say who says so, and why"):
                undo(opened, answer.answer_id, **who, today=TODAY)
        assert status_of(opened, today=TODAY).counts.empty
    again = merged(register)
    assert again.patient_links["veto"].isin(["decided_apart"]).sum() == 0


def test_where_people_disagree_they_are_asked_again_and_stay_apart(first, register, tmp_path):
    who = ("patient", "Lee")
    for code, answer in (("RM3", "different people"), ("RW3", "same person")):
        read(register, filled(first, tmp_path / f"{code}.xlsx", {who: said(answer, code)}))
    after = merged(register)
    lees = after.entries[after.entries["family_name"] == "Lee"]
    assert lees["patient_id"].nunique() == 2
    asked = after.review_queue.set_index("entry_ids").loc[";".join(sorted(lees["entry_id"]))]
    assert (asked["level"], asked["state"], asked["veto"]) == (
        "patient",
        "in conflict",
        "decided_apart",
    )
    assert "RM3 different people 16 Nov 2026 (RW3 16 Nov 2026 said same person)" in asked["said"]
    assert asked["question"].startswith("People have answered this before.")


def test_a_need_on_which_people_disagree_is_counted_and_has_its_step(first, register, tmp_path):
    before = merged(register)
    assert rows_of(before, "Okafor") == [("ask_patient", 1, "RM3;RW3")] * 2
    for code, answer in (("RM3", "different needs"), ("RW3", "same need")):
        read(register, filled(first, tmp_path / f"{code}.xlsx", {NEED: said(answer, code)}))
    after = merged(register)
    assert after.review_queue["state"].tolist().count("in conflict") == 1
    assert rows_of(after, "Okafor") == [("ask_patient", 1, "RM3;RW3")] * 2
    whole = made_ready(after.tables, after.manifest())
    theirs = view(whole, "RW3")[0]
    assert rows_of(theirs, "Okafor") == [("ask_patient", 1, "RM3;RW3")] * 2
    asked = theirs["review_queue"].set_index("state").loc["in conflict"]
    assert asked["why"] == "People have answered this before"
    assert asked["said"] == (
        "RM3 different needs 16 Nov 2026 (RW3 16 Nov 2026 said same need); "
        "RW3 same need 16 Nov 2026 (RM3 16 Nov 2026 said different needs)"
    )


def rows_of(result, family: str) -> list[tuple[str, int, str]]:
    """The next step of the rows of a patient, their open questions, and whom the step concerns."""
    listed = result["combined_list"] if isinstance(result, dict) else result.combined_list
    rows = listed[listed["family_name"] == family]
    columns = (rows[name] for name in ("next_step", "open_questions", "next_step_organisations"))
    return list(zip(*columns, strict=True))


def test_who_goes_back_to_an_earlier_answer_is_told_how(first, register, tmp_path):
    who = ("patient", "Lee")
    one = filled(first, tmp_path / "one.xlsx", {who: said("different people")})
    other = filled(first, tmp_path / "other.xlsx", {who: said("cannot tell")})
    assert read(register, one).new_answers == 1
    twice = read(register, one)
    assert (twice.new_answers, twice.problems) == (0, [])
    assert read(register, other).new_answers == 1
    back = read(register, one)
    assert (back.new_answers, len(back.problems)) == (0, 1)
    assert "one.xlsx, Questions, row " in back.problems[0]
    assert "replaced or taken back since; to say it again, put today's day" in back.problems[0]
    both = read(register, one, other)
    assert both.new_answers == 0
    assert not any("said before" in each for each in both.problems)
    again = said("different people", Note="said again")
    assert read(register, filled(first, tmp_path / "new.xlsx", {who: again})).new_answers == 1
    with Register.open(register) as opened:
        answers = opened.answers()
        assert [row.answer for row in answers] == [
            *("different people", "cannot tell", "different people")
        ]
        undo(opened, answers[-1].answer_id, reviewer="B", reason="no", today=TODAY)
    undone = read(register, tmp_path / "new.xlsx")
    assert (undone.new_answers, len(undone.problems)) == (0, 1)
    assert "said before" in undone.problems[0]


def test_who_goes_back_to_an_earlier_step_of_work_is_told_how(first, register, tmp_path):
    def book(state: str, **more: object) -> Path:
        cells = said(None, **{"Work state": state, "Owner organisation": "RM3"}, **more)
        return filled(first, tmp_path / f"{state}.xlsx", {NEED: cells})

    for state in ("with RM3", "patient told"):
        filed = read(register, book(state))
        assert (filed.new_work, filed.problems) == (1, [])
    assert (read(register, book("patient told")).problems, standing(register)) == (
        [],
        ["patient told"],
    )
    back = read(register, book("with RM3"))
    assert (back.new_work, len(back.problems)) == (0, 1)
    assert "replaced or taken back since; to say it again, put today's day" in back.problems[0]
    assert "or say in Work note that it is said again" in back.problems[0]
    again = read(register, book("with RM3", **{"Work note": "not reached after all"}))
    assert (again.new_work, again.problems, standing(register)) == (1, [], ["with RM3"])
    other = read(register, book("patient told", Reviewer="B. Other"))
    mine = read(register, book("with RM3", **{"Work note": "not reached after all"}))
    assert (other.new_work, mine.new_work, mine.problems) == (1, 0, []), "their word stands"


@pytest.mark.parametrize("together", [True, False])
def test_a_workbook_that_comes_late_undoes_nothing(first, register, tmp_path, together):
    """Dated 9 November and read after what the same person said on the 16th."""

    def book(name: str, answer: str, code: str, day: int, state: str) -> Path:
        when = dt.datetime(2026, 11, day)  # noqa: DTZ001
        work = {"Work state": state, "Owner organisation": "RM3"}
        cells = said(answer, code, Date=when, **work)
        return filled(first, tmp_path / f"{name}.xlsx", {NEED: cells})

    new = book("a_new", "different needs", "RM3", 16, "with RM3")
    other = book("b_other", "same need", "RW3", 12, "new")
    late = book("c_late", "same need", "RM3", 9, "done")
    if together:
        problems = read(register, new, other, late).problems
        told = [("a_new.xlsx", "in two ways"), ("c_late.xlsx", "in two ways")]
    else:
        assert read(register, new, other).problems == []
        filed = read(register, late)
        assert (filed.new_answers, filed.new_work) == (1, 1), "the register keeps all of it"
        problems = filed.problems
        told = [("c_late.xlsx", "on 16/11/2026, which counts")] * 2
    assert len(problems) == len(told)
    for (name, words), problem in zip(told, problems, strict=True):
        assert name in problem
        assert words in problem
    assert standing(register) == ["with RM3"]
    after = merged(register)
    okafor = after.entries[after.entries["family_name"] == "Okafor"]
    assert okafor["pathway_id"].nunique() == 2
    with Register.open(register) as opened:
        counts = status_of(opened, today=TODAY).counts
    assert (counts["organisation"] + " " + counts["standing"]).tolist() == [
        *("RM3 in conflict", "RM3 replaced", "RW3 in conflict")
    ]


def test_of_two_answers_of_one_day_the_one_that_was_read_last_counts(first, register, tmp_path):
    books = [
        filled(first, tmp_path / f"{name}.xlsx", {NEED: said(answer)})
        for name, answer in (("a", "same need"), ("b", "different needs"))
    ]
    filed = read(register, *books)
    told = [problem.partition(" in two ways ")[2] for problem in filed.problems]
    assert told == ["on one day; the one read last counts"] * 2
    with Register.open(register) as opened:
        counts = status_of(opened, today=TODAY).counts
    assert counts["standing"].tolist() == ["in force", "replaced"]


def test_what_had_no_date_is_as_old_as_its_first_reading_when_it_is_read_again(
    first, register, tmp_path
):
    tomorrow, week = (TODAY + dt.timedelta(days=days) for days in (1, 7))
    undated = filled(first, tmp_path / "a.xlsx", {NEED: said("different needs", Date=None)})
    dated = filled(first, tmp_path / "b.xlsx", {NEED: said("same need", Date=f"{tomorrow}")})
    read(register, undated)
    with Register.open(register) as opened:
        assert read_workbooks([dated], opened, today=tomorrow).problems == []
        late = read_workbooks([dated, undated], opened, today=week)
    assert len(late.problems) == 2
    assert all("in two ways" in each for each in late.problems)


def standing(register: Path) -> list[str]:
    with Register.open(register) as opened:
        return status_of(opened, today=TODAY).work["state"].tolist()


def test_a_step_of_work_is_taken_back(first, register, tmp_path):
    for state in ("with RM3", "agreed: RM3 keeps"):
        cells = said(None, **{"Work state": state, "Owner organisation": "RM3"})
        read(register, filled(first, tmp_path / f"{state[:4]}.xlsx", {NEED: cells}))
    with Register.open(register) as opened:
        [told] = status_of(opened, today=TODAY).work.to_dict("records")
        assert (told["state"], told["keeps"]) == ("agreed: RM3 keeps", "RM3")
        row = undo(opened, told["work_id"], reviewer="B", reason="not agreed", today=TODAY)
        [left] = status_of(opened, today=TODAY).work.to_dict("records")
        assert (left["state"], left["keeps"]) == ("with RM3", "")
    filed = read(register, tmp_path / "agre.xlsx")
    assert "0 known already, 1 problem" in filed.summary()
    assert "taken back since; to say it again, put today's day in Date" in filed.problems[0]
    assert read(register, tmp_path / "agre.xlsx", tmp_path / "with.xlsx").problems == []
    with Register.open(register) as opened:
        with pytest.raises(InputError, match="taken back already"):
            undo(opened, told["work_id"], reviewer="B", reason="again", today=TODAY)
        undo(opened, row.key, reviewer="B", reason="agreed after all", today=TODAY)
    assert standing(register) == ["agreed: RM3 keeps"]


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ({"Work state": "agreed: RX1 keeps"}, "Work state"),
        ({"Work state": "closed at RX1"}, "Work state"),
        ({"Work state": "new", "Organisation that keeps": "rx1"}, "Organisation that keeps"),
        ({"Work state": "closed at RW3", "Organisation that keeps": "RM3"}, None),
        ({"Work state": "with RX1"}, None),
    ],
)
def test_who_keeps_or_closes_is_an_organisation_of_the_group(cells, wrong):
    checks = Checks(
        organisations=("RM3", "RW3", "RX1"),
        known=lambda _: pd.Index(["E-1"]),
        of_its_own=lambda _: True,
        concerned=lambda _: ("RM3", "RW3"),
        asked_on=lambda _: None,
        today=TODAY,
    )
    found = checks.wrong_with(Returned("a.xlsx", "Duplicates", 2, 1, NEED_ROW | cells)).told
    told = "column {}: has no entry of this group; one of RM3, RW3"
    assert found == ([told.format(wrong)] if wrong else [])


NEED_ROW = {
    "Need": "W-1",
    "Entries": "E-1",
    "Reviewer": "A. Clerk",
    "Reviewer's organisation": "RM3",
}

PROBLEMS = [
    (said("yes"), "Answer: is none of: same need"),
    (said("same need", Reviewer=None), "Reviewer: say who it is"),
    (said("same need", **{"Reviewer's organisation": None}), "organisation: say for which"),
    (said("same need", "RX1"), "organisation: sends no list; one of RM3, RW3"),
    (said("same need", Date="soon"), "Date: is no date; write it as 16/11/2026"),
    (
        said("same need", Date="18/11/2026"),
        "Date: is a day that has not come yet; write the day of the answer",
    ),
    (said("same need", Date="16/11/2024"), "Date: is more than a year away"),
    (
        said("same need", Date="11/03/2026"),
        "Date: was read as 11 Mar 2026, more than 7 days before the run of 15 Nov 2026",
    ),
    (
        said(None, **{"Work state": "with RM3"}, Date="07/11/2026"),
        "Date: was read as 07 Nov 2026, more than 7 days before the run of 15 Nov 2026",
    ),
    (said("needs a clinician"), "Note: needs a clinician needs a note"),
    (said("record needs correcting"), "Note: record needs correcting needs a note"),
    (said("accounted for", Note="treated"), "accounted for does not answer this question"),
    (said("same need", Relation="cousin"), "Relation: is none of the relations"),
    ({"Note": "see me"}, "has something filled in but no answer"),
    ({"Work state": "sorted"}, "Work state: is none of: new, with ORG"),
    (said(None, **{"Work state": "with RX1"}), "Work state: sends no list; one of RM3, RW3"),
    (said(None, **{"Work state": "with RM3"}, Reviewer=None), "Reviewer: say who it is"),
    (
        said(None, **{"Work state": "with RM3", "Reviewer's organisation": None}),
        "Reviewer's organisation: say for which",
    ),
    (
        said(None, **{"Work state": "patient told"}),
        "Owner organisation: say which organisation has to act",
    ),
    ({"Owner": "Bo"}, "Work state: say how far the work is"),
    (
        said(None, **{"Work state": "with RM3", "Due": "Friday"}),
        "Due: is no date; write it as 16/11/2026",
    ),
    (said("same need", Entries="E-1|E-2"), "its hidden cells are of another question"),
    (said("same need", Fingerprint=None), "its hidden cells are of another question; fill"),
    (said("same need", Entries=None), "has no question; answer in the rows as they came"),
    (
        said("same need", Fingerprint=AS_ASKED, Entries="E-1|E-2"),
        "entries that this register does not",
    ),
    (
        said("same need", Fingerprint=AS_ASKED, Veto="other_side", **{"Second person": "Bo"}),
        "Reason for overriding: overriding needs a reason as well",
    ),
    (
        said(
            "same need", Fingerprint=AS_ASKED, Veto="other_side", **{"Reason for overriding": "x"}
        ),
        "Second person: overriding needs a second person as well",
    ),
    (
        said(
            "same need",
            Fingerprint=AS_ASKED,
            Veto="other_side",
            **{"Second person": "a. clerk OF rm3", "Reason for overriding": "x"},
        ),
        "Second person: has to be another person than the reviewer",
    ),
    (
        said(
            "same need",
            Fingerprint=AS_ASKED,
            Veto="other_side",
            **{"Second person": "A. Clerk of RM3.", "Reason for overriding": "x"},
        ),
        "Second person: has to be another person than the reviewer",
    ),
]


@pytest.mark.parametrize(("cells", "problem"), PROBLEMS, ids=[each for _, each in PROBLEMS])
def test_what_is_wrong_is_told_with_its_place_and_not_recorded(
    first, register, tmp_path, cells, problem
):
    book = filled(first, tmp_path / "a.xlsx", {NEED: cells})
    filed = read(register, book)
    assert len(filed.problems) == 1, filed.problems
    assert problem in filed.problems[0]
    assert filed.problems[0].startswith("a.xlsx, Questions, row ")
    assert "Okafor" not in filed.problems[0]
    assert (filed.new_answers, filed.new_work) == (0, 0)


def test_the_good_rows_are_recorded_though_others_are_not(first, register, tmp_path):
    good = filled(first, tmp_path / "a.xlsx", {NEED: said("same need")})
    bad = filled(
        first,
        tmp_path / "b.xlsx",
        {NEED: said("yes"), ("patient", "Lee"): said("different people")},
    )
    command = ["review", "read", str(good), str(bad), "--register", str(register)]
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == InputError.exit_code
    assert "2 workbooks read: 2 answers and 0 steps of work recorded" in shown.output
    assert "b.xlsx, Questions, row" in shown.output
    again = CliRunner().invoke(app, command)
    assert "0 answers and 0 steps of work recorded, 2 known already" in again.output


def test_the_good_workbooks_are_recorded_though_others_cannot_be_read(first, register, tmp_path):
    good = filled(first, tmp_path / "a.xlsx", {NEED: said("same need")})
    for name in ("b.xlsx", "c.xlsx"):
        (tmp_path / name).write_text("no workbook")
    filed = read(register, tmp_path / "b.xlsx", good, tmp_path / "c.xlsx")
    assert filed.summary().startswith("1 workbook read: 1 answer ")
    assert [each.split(":")[0] for each in filed.problems] == ["b.xlsx", "c.xlsx"]


def test_an_answer_is_recorded_though_the_work_beside_it_is_wrong(first, register, tmp_path):
    cells = said("same need") | {"Work state": "with RX1"}
    filed = read(register, filled(first, tmp_path / "a.xlsx", {NEED: cells}))
    assert (filed.new_answers, filed.new_work, len(filed.problems)) == (1, 0, 1)
    assert "Work state: sends no list" in filed.problems[0]


def test_work_is_recorded_though_the_answer_beside_it_is_wrong(first, register, tmp_path):
    cells = said("yes") | {"Work state": "with RM3"}
    filed = read(register, filled(first, tmp_path / "a.xlsx", {NEED: cells}))
    assert (filed.new_answers, filed.new_work, len(filed.problems)) == (0, 1, 1)
    assert "Answer: is none of" in filed.problems[0]
    assert filed.summary() == (
        "1 workbook read: 0 answers and 1 step of work recorded, 0 known already, 1 problem"
    )


def headed(book: Path, sheet: str = "Questions", **instead: str | None) -> Path:
    """The workbook with other headings, None for a column taken out; "_" stands for a blank."""
    opened = openpyxl.load_workbook(book)
    page = opened[sheet]
    for name, other in instead.items():
        [cell] = [cell for cell in page[1] if cell.value == name.replace("_", " ")]
        if other is None:
            page.delete_cols(cell.column)
        else:
            cell.value = other
    opened.save(book)
    return book


def test_a_heading_is_known_whatever_its_case_and_blanks(first, register, tmp_path):
    more = {"Note": "rang Dr Smith", "Second person": "Dr B", "Reason for overriding": "a slip"}
    book = filled(first, tmp_path / "a.xlsx", {NEED: said("same need", **more)})
    changed = {"Second_person": " second  person", "Reason_for_overriding": "REASON FOR OVERRIDING"}
    filed = read(register, headed(book, Date="DATE", Note="note ", Answer="ANSWER", **changed))
    [answer] = filed.taken.answers
    assert (answer.note, answer.second_person, answer.reason) == tuple(more.values())
    assert (answer.answered_on, filed.problems) == (dt.date(2026, 11, 16), [])


@pytest.mark.parametrize(
    ("instead", "told", "recorded"),
    [
        ({"Date": "Day"}, r"Date \(it may be column [A-Z]+\)", (0, 0)),
        ({"Date": None}, "Date", (0, 0)),
        ({"Date": "DATE", "Relation": "date"}, r"Date \(.*\), Relation \(.*\)", (0, 0)),
        ({"Reviewer": "Who"}, r"Reviewer \(it may be column [A-Z]+\)", (0, 0)),
        ({"Note": "Rang Mrs Okafor"}, r"Note \(it may be column [A-Z]+\)", (0, 1)),
        ({"Second_person": None, "Relation": None}, "Relation, Second person", (0, 1)),
        ({"Due": "By"}, r"Due \(it may be column [A-Z]+\)", (1, 0)),
        ({"Note": None, "Owner": None}, "Note, Owner", (0, 0)),
    ],
)
def test_what_stands_under_a_heading_that_is_gone_is_never_left_out_in_silence(
    first, register, tmp_path, instead, told, recorded
):
    work = {"Work state": "with RM3", "Owner organisation": "RM3"}
    book = filled(first, tmp_path / "a.xlsx", {NEED: said("same need", **work)})
    filed = read(register, headed(book, **instead))
    assert (filed.new_answers, filed.new_work) == recorded
    [problem] = filed.problems
    end = "; put it back, or fill in the sheet as it came"
    assert re.fullmatch(f"a.xlsx, Questions: has no column {told}{end}", problem)
    untouched = Path(shutil.copy(first / "asked.xlsx", tmp_path / "b.xlsx"))
    assert read(register, headed(untouched, **instead)).problems == []


def test_whom_one_spoke_for_and_when_are_not_left_out_either(first, register, tmp_path):
    book = spoken(first / "asked.xlsx", tmp_path / "a.xlsx", **{"Their organisation": "RW3"})
    filed = read(register, headed(book, "Contact", Their_organisation="Trust"))
    assert filed.new_contacts == 0
    assert "Contact: has no column Their organisation (it may be column" in filed.problems[0]


def test_who_tells_the_work_may_sign_it_without_an_answer(first, register, tmp_path):
    cells = said(None) | {"Work state": "with RM3"}
    filed = read(register, filled(first, tmp_path / "a.xlsx", {NEED: cells}))
    assert filed.problems == []
    [work] = filed.taken.work
    assert (work.reviewer, work.said_on) == ("A. Clerk of RM3", dt.date(2026, 11, 16))
    unknown = cells | {"Reviewer's organisation": "RX1"}
    again = read(register, filled(first, tmp_path / "b.xlsx", {NEED: unknown}))
    assert (again.new_work, len(again.problems)) == (0, 1)
    assert "organisation: sends no list" in again.problems[0]


def test_a_coordinator_keeps_apart_but_joins_nothing(first, register, tmp_path):
    def book(name: str, answer: str) -> Path:
        cells = said(answer, "QWO", Role="ICB coordinator")
        return filled(first, tmp_path / name, {("patient", "Lee"): cells})

    assert read(register, book("a.xlsx", "same person")).problems == []
    with Register.open(register) as opened:
        [told] = status_of(opened, today=TODAY).unsettled.to_dict("records")
    assert (told["standing"], told["detail"]) == ("proposed", "waits for RM3, RW3")
    assert read(register, book("b.xlsx", "different people")).new_answers == 1
    lees = merged(register).entries.query("family_name == 'Lee'")
    assert lees["patient_id"].nunique() == 2


def later(at: Path, day: dt.date, *, both: bool) -> wm.MergeResult:
    """A later week: both send their list, or RM3 alone and of nobody but Lee."""
    lists = [
        wm.Extract.from_frame(
            extract(code).text[0 if both else 1 :], organisation=code, census_date=day
        )
        for code in (PEOPLE if both else ["RM3"])
    ]
    with Register.open(at) as opened:
        return wm.merge(lists, register=opened, allowed=wm.Allowed(fewer=("RM3",)))


def answered(book: Path, to: Path, organisation: str, cells: dict[str, object]) -> Path:
    """The workbook with what became of an Okafor whom this organisation listed."""
    opened = openpyxl.load_workbook(book)
    lines = list(opened["Questions"].iter_rows())
    heads = [cell.value for cell in lines[0]]
    rows = [dict(zip(heads, line, strict=True)) for line in lines[1:]]
    [row] = [
        each
        for each in rows
        if each["Organisation"].value == organisation and "Okafor" in each["Name"].value
    ]
    assert row["Level"].value == "unaccounted"
    for heading, value in cells.items():
        row[heading].value = value
    opened.save(to)
    return to


def test_what_became_of_a_patient_is_said_for_who_has_closed_and_is_spent_once_they_are_back(
    register, tmp_path
):
    with Register.open(register) as opened:
        opened.retire("RW3", reviewer="B. Lead", reason="Closed")
    result = later(register, TODAY, both=False)
    assert set(result.unaccounted["family_name"]) == {"Okafor", "Lee"}
    result.save(tmp_path / "out", tables="csv", workbook=True)
    cells = said("accounted for", "QWO", Note="Treated abroad", Role="Coordinator")
    asked = tmp_path / "out" / "combined_list.xlsx"
    unsigned = answered(asked, tmp_path / "a.xlsx", "RW3", cells | {"Role": "Clerk"})
    assert "sends no list" in read(register, unsigned).problems[0]
    assert read(register, answered(asked, tmp_path / "b.xlsx", "RW3", cells)).problems == []

    def standing() -> list[str]:
        with Register.open(register) as opened:
            return status_of(opened, today=TODAY).counts["standing"].tolist()

    assert standing() == ["in force"]
    rest = later(register, TODAY + dt.timedelta(weeks=1), both=False).unaccounted
    assert set(rest["pathway_id"]) < set(result.unaccounted["pathway_id"])
    assert standing() == ["in force"]
    later(register, TODAY + dt.timedelta(weeks=2), both=True)
    assert standing() == ["spent"]
    with Register.open(register) as opened:
        assert status_of(opened, today=TODAY).unsettled.empty


def test_a_coordinator_does_not_say_what_became_of_a_patient_of_others(register, tmp_path):
    rows = [wm.Extract.from_frame(extract(code).text[1:], organisation=code) for code in PEOPLE]
    with Register.open(register) as opened:
        allowed = wm.Allowed(fewer=("RM3", "RW3"))
        day = TODAY.isoformat()
        result = wm.merge(rows, census_date=day, register=opened, allowed=allowed)
    assert set(result.unaccounted["family_name"]) == {"Okafor"}
    result.save(tmp_path / "out", tables="csv", workbook=True)
    cells = said("accounted for", "QWO", Note="Treated abroad", Role="Coordinator")
    asked = tmp_path / "out" / "combined_list.xlsx"
    book = answered(asked, tmp_path / "a.xlsx", "RM3", cells)
    [problem] = read(register, book).problems
    assert "has not listed this patient; answered by RM3" in problem


def test_one_need_of_two_people_settles_nothing_and_undoing_it_asks_again(
    first, register, tmp_path
):
    before = merged(register)
    mine = before.entries.query("family_name == 'Okafor'")["entry_id"]
    queue = before.review_queue.set_index("entry_ids")
    question = queue.loc[";".join(sorted(mine)), "question_id"]
    for code in PEOPLE:
        read(register, filled(first, tmp_path / f"{code}.xlsx", {NEED: said("same need", code)}))

    def told() -> list[tuple[str, str]]:
        with Register.open(register) as opened:
            rows = status_of(opened, today=TODAY).counts
        return rows[["organisation", "standing"]].to_numpy().tolist()

    joined = merged(register)
    assert question not in set(joined.review_queue["question_id"])
    assert told() == [["RM3", "in force"], ["RW3", "in force"]]
    keep_apart(register, joined)
    parted = merged(register)
    assert parted.entries.query("family_name == 'Okafor'")["patient_id"].nunique() == 2
    assert told() == [
        *(["RM3", "in force"], ["RM3", "waits for the patient"], ["RW3", "waits for the patient"]),
    ]
    with Register.open(register) as opened:
        unsettled = status_of(opened, today=TODAY).unsettled
        assert unsettled["detail"].str.contains("of two people by now").tolist() == [True, True]
        for row in opened.answers():
            if row.answer != "same need" or row.organisation == "RM3":
                undo(opened, row.answer_id, reviewer="B", reason="no", today=TODAY)
    again = merged(register).review_queue.set_index("question_id")
    assert again.loc[question, "state"] == "proposed"


def keep_apart(register: Path, result: wm.MergeResult) -> None:
    """Somebody says that the entries of one patient are of two people."""
    mine = result.entries.query("family_name == 'Okafor'")["entry_id"]
    row = AnswerRow(
        *("A-apart", "Q-apart", "patient", tuple(sorted(mine)), (0, 1), "different people"),
        reviewer="C. Clerk",
        organisation="RM3",
        answered_on=TODAY,
    )
    with Register.open(register) as opened:
        opened.add_answers([row])


def test_work_is_recorded_and_told_with_the_answers(first, register, tmp_path):
    cells = said("same need") | {
        "Work state": "Agreed: RM3 keeps",
        "Owner": "B. Manager",
        "Due": dt.datetime(2026, 11, 16),  # noqa: DTZ001
    }
    filed = read(register, filled(first, tmp_path / "a.xlsx", {NEED: cells}))
    assert filed.new_work == 1
    [work] = filed.taken.work
    assert (work.state, work.keeps, work.owner) == ("agreed: RM3 keeps", "RM3", "RM3")
    with Register.open(register) as opened:
        told = status_of(opened, today=TODAY)
    assert told.work["fault"].tolist() == ["overdue"]
    assert told.counts[["organisation", "standing"]].to_numpy().tolist() == [["RM3", "proposed"]]
    assert told.unsettled["detail"].tolist() == ["waits for RW3"]
    assert told.asked.set_index(["organisation", "state"])["up to 1 week"].to_dict() == {
        ("RM3", "open"): 3,
        ("RW3", "open"): 3,
    }
    shown = CliRunner().invoke(app, ["review", "status", "--register", str(register)])
    assert shown.exit_code == 0
    assert "waits for RW3" in shown.output


def test_work_goes_on_beside_the_duplicates_when_the_question_is_answered(
    first, register, tmp_path
):
    words = {code: said("same need", code) for code in ("RM3", "RW3")}
    for code, cells in words.items():
        read(register, filled(first, tmp_path / f"{code}.xlsx", {NEED: cells}))
    merged(register).save(tmp_path / "out", tables="csv", workbook=True)
    book = openpyxl.load_workbook(tmp_path / "out" / "combined_list.xlsx")
    sheet = book["Duplicates"]
    heading = [cell.value for cell in sheet[1]]
    head, member = (
        dict(zip(heading, row, strict=True)) for row in list(sheet.iter_rows(min_row=2))[:2]
    )
    assert (head["Entries"].value or "").count(";") == 1
    signed = {key: value for key, value in said(None, "RW3").items() if value}
    for cells, state in ((head, "closed at RW3"), (member, "done")):
        for name, value in ({"Work state": state} | signed).items():
            cells[name].value = value
    book.save(tmp_path / "a.xlsx")
    filed = read(register, tmp_path / "a.xlsx")
    [work] = filed.taken.work
    assert (work.state, work.owner) == ("closed at RW3", "RW3")
    assert (work.reviewer, work.organisation) == ("A. Clerk of RW3", "RW3")
    assert work.said_on == dt.date(2026, 11, 16)
    assert work.question_id.startswith("W-")
    assert filed.problems == [
        "a.xlsx, Duplicates, row 3: has no question; answer in the rows as they came",
        "a.xlsx, Duplicates, row 3: column Owner organisation: say which organisation has to act",
    ]
    head["Work state"].value = None
    book.save(tmp_path / "b.xlsx")
    assert (
        "b.xlsx, Duplicates, row 2: column Work state: say how far the work is"
        in read(register, tmp_path / "b.xlsx").problems
    )
    sheet.insert_rows(1, 2)
    book.save(tmp_path / "c.xlsx")
    assert (
        "c.xlsx, Duplicates, row 4: column Work state: say how far the work is"
        in read(register, tmp_path / "c.xlsx").problems
    ), "rows that are empty count in the sheet"


def test_what_is_no_workbook_of_ours_is_refused(tmp_path):
    (tmp_path / "a.xlsx").write_text("no workbook")
    with pytest.raises(InputError, match=r"a\.xlsx: cannot be read as a workbook"):
        returned_rows(tmp_path / "a.xlsx")
    book = openpyxl.Workbook()
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(InputError, match="has no sheet of questions"):
        returned_rows(tmp_path / "b.xlsx")


def test_a_workbook_knows_its_run(first):
    assert {row.run for row in returned_rows(first / "asked.xlsx")} == {1}


def spoken(book: Path, to: Path, **cells: object) -> Path:
    """The workbook with the first patient of its sheet of contacts spoken to."""
    opened = openpyxl.load_workbook(book)
    heads, row, *_ = opened["Contact"].iter_rows()
    at = dict(zip([cell.value for cell in heads], row, strict=True))
    said = {"What the patient said": "one need", "Spoken to by": "A. Clerk"}
    for heading, value in (said | cells).items():
        at[heading].value = value
    opened.save(to)
    return to


DAY = dt.datetime(2026, 11, 16)  # noqa: DTZ001


def test_who_has_been_spoken_to_is_not_rung_again_for_twelve_weeks(first, register, tmp_path):
    book = spoken(first / "asked.xlsx", tmp_path / "a.xlsx", On=DAY)
    filed = read(register, book)
    assert (filed.new_contacts, filed.problems) == (1, [])
    assert "recorded, 1 contact with patients, 0 known already" in filed.summary()
    assert read(register, book).new_contacts == 0
    with Register.open(register) as opened:
        [row] = opened.contacts()
    assert (row.reviewer, row.organisation, row.said_on, row.run) == (
        *("A. Clerk", "RM3"),
        dt.date(2026, 11, 16),
        1,
    )
    assert (row.note, len(row.entry_ids)) == ("one need", 2)

    def ring(day: str) -> str:
        with Register.open(register) as opened:
            lists = [extract("RM3"), extract("RW3")]
            result = wm.merge(lists, census_date=day, register=opened)
        result.save(tmp_path / day, tables="csv", workbook=True)
        sheet = openpyxl.load_workbook(tmp_path / day / "combined_list.xlsx")["Contact"]
        return sheet.cell(2, 1).value

    assert ring("2026-11-22") == "Not before 08 Feb 2027 (spoken to 16 Nov 2026 by RM3)"
    assert ring("2027-02-08") == "Ring"
    with Register.open(register) as opened:
        assert status_of(opened, today=TODAY).contacts["contact_id"].tolist() == [row.key]
        undo(opened, row.key, reviewer="B", reason="another patient", today=TODAY)
        assert status_of(opened, today=TODAY).contacts.empty
    again = read(register, book)
    assert "0 known already, 1 problem" in again.summary()
    assert "taken back since; to say it again, put today's day in On" in again.problems[0]
    with pytest.raises(InputError, match="taken back already"), Register.open(register) as opened:
        undo(opened, row.key, reviewer="B", reason="again", today=TODAY)


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"Spoken to by": None}, "column Spoken to by: say who spoke to the patient"),
        ({"Their organisation": "RX1"}, "column Their organisation: sends no list; one of RM3"),
        ({"On": "soon"}, "column On: is no date"),
        ({"On": "18/11/2026"}, "column On: is a day that has not come yet"),
        ({"Entries": None}, "has no question; answer in the rows as they came"),
        ({"Run": "9"}, "is about entries that this register does not know"),
    ],
)
def test_a_contact_that_is_not_in_order_is_told_and_not_recorded(
    first, register, tmp_path, cells, problem
):
    filed = read(register, spoken(first / "asked.xlsx", tmp_path / "a.xlsx", **cells))
    [told] = filed.problems
    assert told.startswith(f"a.xlsx, Contact, row 2: {problem}")
    assert filed.new_contacts == 0


TWO_ASKED = [("Okafor", "9990000018", ""), ("Tremblay", "9990000026", "")]
"""Patients of two organisations whose entries may be one need, which has to be asked."""
TWO_NEEDS = [
    ("Sato", "9990000034", "RM3000000000000099999"),
    ("Bianchi", "9990000042", "RM3000000000000012345"),
]
"""Patients of two organisations whose entries have one pathway identifier."""


SIGNED = {"Reviewer": "A. Clerk", "Reviewer's organisation": "RW3"}


def asked_of_two(folder: Path, people: list[tuple[str, str, str]]) -> Path:
    """The folder with the register and the workbook of a run on these patients."""

    def listing(code: str, start: str) -> wm.Extract:
        rows = [
            {
                "NHS number": number,
                "Surname": family,
                "Forename": "Ada",
                "DOB": f"196{place}-05-03",
                "Hospital number": f"{code}{place}",
                "Treatment function code": "110",
                "RTT start": start,
                "RTT status": "20",
                "Pathway identifier": pathway,
                "Pathway identifier issuer": "RM3",
            }
            for place, (family, number, pathway) in enumerate(people)
        ]
        return wm.Extract.from_frame(pd.DataFrame(rows), organisation=code)

    lists = [listing("RM3", "2026-03-02"), listing("RW3", "2026-04-20")]
    with Register.open(folder / "register.db") as opened:
        result = wm.merge(lists, census_date=CENSUS, register=opened)
    result.save(folder / "out", tables="csv", workbook=True)
    return folder / "out" / "combined_list.xlsx"


@pytest.mark.parametrize(
    ("people", "name", "cells", "of"),
    [
        (
            *(TWO_ASKED, "Contact"),
            *({"What the patient said": "one need", "Spoken to by": "A. Clerk"}, "patient"),
        ),
        (
            *(TWO_NEEDS, "Duplicates"),
            *({"Work state": "closed at RW3"} | SIGNED, "need"),
        ),
    ],
    ids=["Contact", "Duplicates"],
)
def test_rows_sorted_without_their_hidden_cells_are_told_and_not_recorded(
    tmp_path, people, name, cells, of
):
    book = openpyxl.load_workbook(asked_of_two(tmp_path, people))
    heads, *rows = book[name].iter_rows()
    names = [cell.value for cell in heads]
    first, second = (
        row
        for row in (dict(zip(names, each, strict=True)) for each in rows)
        if row["Entries"].value
    )
    for heading, value in cells.items():
        first[heading].value = value

    def filed(file: str, entries: str):
        first["Entries"].value = entries
        book.save(tmp_path / file)
        return read(tmp_path / "register.db", tmp_path / file)

    own, other = first["Entries"].value, second["Entries"].value
    told = f"its hidden cells are of another {of}; fill in the rows as they came"
    problem = f"{name}, row {first['Entries'].row}: {told}"
    wrong = filed("a.xlsx", other)
    assert wrong.problems == [f"a.xlsx, {problem}"]
    assert (wrong.new_work, wrong.new_contacts) == (0, 0)
    right = filed("b.xlsx", own)
    assert (right.new_work + right.new_contacts, right.problems) == (1, [])
    both = filed("c.xlsx", f"{own};{other}").problems
    began = [] if of == "need" else [f"c.xlsx, {problem}"]
    assert both == began, "work may have begun on more than the need has now"


def test_a_contact_without_a_day_is_of_the_day_of_reading(first, register, tmp_path):
    book = spoken(first / "asked.xlsx", tmp_path / "a.xlsx", **{"Their organisation": "rw3"})
    assert "1 row has no date" in read(register, book).summary()
    with Register.open(register) as opened:
        [row] = opened.contacts()
    assert (row.said_on, row.organisation) == (TODAY, "RW3")


def copied(book: Path, to: Path, **changed: object) -> Path:
    """Its questions in a new workbook, as people copy a sheet: values alone, no properties."""
    values = list(openpyxl.load_workbook(book)["Questions"].iter_rows(values_only=True))
    new = openpyxl.Workbook()
    for place, row in enumerate(values):
        told = dict(zip(values[0], row, strict=True)) | (changed if place else {})
        new.active.append([told[each] for each in values[0]])
    new.save(to)
    return to


def test_a_copied_sheet_knows_its_run_still(first, register, tmp_path):
    merged(register)
    book = filled(first, tmp_path / "a.xlsx", {NEED: said("same need")})
    filed = read(register, copied(book, tmp_path / "b.xlsx"))
    assert ([row.run for row in filed.taken.answers], filed.problems) == ([1], [])
    numbers = copied(book, tmp_path / "c.xlsx", Run=1.0)
    assert {row.run for row in returned_rows(numbers)} == {1}


@pytest.mark.parametrize(
    ("run", "problem"),
    [
        (None, "does not say which run it shows; put it into the newest workbook"),
        ("soon", "does not say which run it shows; put it into the newest workbook"),
        ("9", "is about entries that this register does not know; name its own register"),
    ],
)
def test_the_newest_facts_are_not_taken_for_those_that_were_shown(
    first, register, tmp_path, run, problem
):
    book = filled(first, tmp_path / "a.xlsx", {NEED: said("same need")})
    filed = read(register, copied(book, tmp_path / "b.xlsx", Run=run))
    assert filed.new_answers == 0
    [told] = filed.problems
    assert told.startswith("b.xlsx, Sheet, row ")
    assert problem in told


def test_a_workbook_of_before_there_was_such_a_cell_tells_its_run_by_a_property(first, tmp_path):
    book = openpyxl.load_workbook(first / "asked.xlsx")
    for name in ("Questions", "Duplicates"):
        [place] = [cell.column for cell in book[name][1] if cell.value == "Run"]
        book[name].delete_cols(place)
    book.save(tmp_path / "a.xlsx")
    assert {row.run for row in returned_rows(tmp_path / "a.xlsx")} == {1}


def test_the_command_line_takes_an_answer_back_and_retires_who_has_closed(
    first, register, tmp_path
):
    filed = read(
        register, filled(first, tmp_path / "a.xlsx", {("patient", "Lee"): said("ask again")})
    )
    [answer] = filed.taken.answers
    who = ["--register", str(register), "--reviewer", "B. Lead", "--reason", "Closed"]
    undone = CliRunner().invoke(app, ["review", "undo", answer.answer_id, *who])
    assert (undone.exit_code, undone.stdout.count("is taken back")) == (0, 1)
    retired = CliRunner().invoke(app, ["review", "retire", "rw3", *who])
    assert (retired.exit_code, retired.stdout) == (
        0,
        "RW3 is retired; its patients are asked about in turn\n",
    )
    with Register.open(register) as opened:
        assert opened.retired() == {"RW3"}
