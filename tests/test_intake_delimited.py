"""Fast reading of text files equals the careful one."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from waitlist_merge.errors import RefusedExtract
from waitlist_merge.intake import delimited
from waitlist_merge.intake.delimited import careful_rows, read_delimited
from waitlist_merge.intake.grid import grid_of_rows

HEADER = "NHS No,Surname,DOB\n"
pieces = st.sampled_from(
    ["a", "b ", "é", "\u2028", "\x0b", " ", ",", ",", "\n", "\r\n", "\r", '"x"', '""', '"p,q"', "1"]
)
bodies = st.lists(pieces, min_size=1, max_size=40).map("".join)


def shape(grid):
    return (
        grid.headings,
        [column.to_pylist() for column in grid.columns],
        grid.records,
        grid.long_rows,
        grid.short_rows,
        grid.titles,
    )


def outcome(read):
    try:
        return shape(read())
    except RefusedExtract as refusal:
        return str(refusal)


@settings(deadline=None, max_examples=300)
@given(bodies)
@example('"a\nb",c,d\n')
@example("1,2,3,\n4,5,6,\n7,8,9,\n")
@example("1,2,3,4\n5,6\n\n7,8,9\n")
@example("\n\n")
def test_fast_equals_careful(body):
    text = HEADER + body
    fast = outcome(lambda: read_delimited("x.csv", text.encode(), known=frozenset(), delimiter=","))
    slow = outcome(lambda: grid_of_rows("x.csv", list(careful_rows(text, ",")), known=frozenset()))
    assert fast == slow


def test_records_keep_their_numbers_across_blocks(monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 4096)
    lines = [f"{at},name {at},x" if at % 97 else f"{at},odd" for at in range(1, 3000)]
    grid = read_delimited("x.csv", (HEADER + "\n".join(lines)).encode(), known=frozenset())
    assert grid.columns[0].to_pylist() == [str(at) for at in range(1, 3000)]
    assert grid.short_rows == len([at for at in range(1, 3000) if at % 97 == 0])


@pytest.mark.parametrize("sign", [",", "\t", "|", ";"])
def test_separator_is_told_from_the_file(sign):
    text = HEADER.replace(",", sign) + sign.join(["9990000018", "Smith; a, b|c", "1"]) + "\n"
    quoted = text.replace("Smith; a, b|c", '"Smith; a, b|c"')
    grid = read_delimited("x.txt", quoted.encode(), known=frozenset())
    assert grid.formats["delimiter"] == sign
    assert grid.columns[1].to_pylist() == ["Smith; a, b|c"]


def test_an_unclosed_quotation_mark_swallows_no_record():
    body = '1,"SMITH,x\n2,KHAN,y\n3,"NOWAK",z\n4,"LEE",w\n'
    grid = read_delimited("x.csv", (HEADER + body).encode(), known=frozenset())
    assert grid.records == 4
    assert grid.columns[1].to_pylist() == ["SMITH", "KHAN", "NOWAK", "LEE"]


def test_a_closed_comment_that_looks_like_rows_stays_one_cell():
    body = '1,"SMITH\na,b,c\n",x\n2,KHAN,y\n'
    grid = read_delimited("x.csv", (HEADER + body).encode(), known=frozenset())
    assert grid.columns[1].to_pylist() == ["SMITH\na,b,c", "KHAN"]


def test_cells_beyond_the_header_are_kept_and_named():
    grid = read_delimited("x.csv", (HEADER + "1,2,3,4, 5\n6,7,8\n").encode(), known=frozenset())
    assert grid.long_rows == (1,)
    assert grid.headings[-1] == "(beyond the last heading)"
    assert grid.columns[-1].to_pylist() == ["4 | 5", None]


def test_blank_columns_without_a_heading_are_left_out():
    grid = read_delimited("x.csv", b"NHS No,Surname,,\n1,Smith,,\n2,Khan,,\n", known=frozenset())
    assert grid.headings == ("NHS No", "Surname")
    assert grid.long_rows == ()


def test_repeated_headings_are_made_distinct_and_reported():
    grid = read_delimited("x.csv", b"NHS No,Surname,Surname\n1,a,b\n", known=frozenset())
    assert grid.headings == ("NHS No", "Surname", "Surname (2)")
    assert grid.repeated == (("Surname", "Surname (2)"),)
