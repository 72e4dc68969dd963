"""Which of the first rows is the header."""

from __future__ import annotations

import pytest

from waitlist_merge.errors import RefusedExtract
from waitlist_merge.intake.header import HEAD_ROWS, find_header, most_headings

HEADER = ["NHS No", "Surname", "DOB", "Referral date", "Specialty", "Priority", "TCI date"]
PERSON = ["9990000018", "Smith", "03/02/1962", "01/02/2026", "110", "Routine", None]
GROUPS = ["Patient", None, None, "Referral", None, "Clinical priority", "Admission"]
NONE = frozenset[str]()


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        pytest.param([HEADER, PERSON], 0, id="alone"),
        pytest.param([["RM3 waiting list"], [], HEADER, PERSON], 2, id="below a title"),
        pytest.param([GROUPS, HEADER, PERSON], 1, id="below a line of groups"),
        pytest.param(
            [["Patient", "Referral", "Specialty", "Consultant", "Priority"], HEADER, PERSON],
            1,
            id="below groups that are all headings themselves",
        ),
        pytest.param([[*GROUPS, "Patient", "Patient"], HEADER], 1, id="groups that are repeated"),
        pytest.param([HEADER, PERSON, HEADER, PERSON], 0, id="the first of two alike"),
        pytest.param([["As at 15/11/2026", "12 rows"], HEADER], 1, id="dates are no headings"),
        pytest.param([*[PERSON] * 20, HEADER], 20, id="far below"),
    ],
)
def test_the_row_with_most_headings_is_the_header(rows, at):
    assert find_header("x.csv", rows, known=NONE) == at


def test_rows_well_below_a_sure_header_are_not_looked_at():
    longer = [*HEADER, "Procedure", "Consultant", "Postcode"]
    assert find_header("x.csv", [HEADER, *[PERSON] * 3, longer], known=NONE) == 0
    assert find_header("x.csv", [HEADER, *[PERSON] * 2, longer], known=NONE) == 3
    assert most_headings(iter([HEADER, *[PERSON] * 3, longer]), NONE) == len(HEADER)


def test_known_headings_of_the_configuration_count():
    rows = [["made for you"], ["q1", "q2"], ["9990000018", "Smith"]]
    assert find_header("x.csv", rows, known=frozenset({"q1", "q2"})) == 1
    with pytest.raises(RefusedExtract, match="none of its first 3 rows"):
        find_header("x.csv", rows, known=NONE)


def test_the_header_is_among_the_first_rows():
    with pytest.raises(RefusedExtract, match="header"):
        find_header("x.csv", [*[["1", "2"]] * HEAD_ROWS, HEADER], known=NONE)
    assert most_headings([], NONE) == 0


def test_long_sentences_and_numbers_are_no_headings():
    sentence = "NHS number " * 12
    assert most_headings([[sentence, "9990000018", "RM3 12345"]], NONE) == 0
