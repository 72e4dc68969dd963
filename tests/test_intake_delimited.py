"""Fast reading of text files equals the careful one."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings, strategies as st

from waitlist_merge.errors import RefusedExtract
from waitlist_merge.intake import delimited
from waitlist_merge.intake.delimited import careful_rows, read_delimited
from waitlist_merge.intake.extract import Extract
from waitlist_merge.intake.grid import grid_of_rows
from waitlist_merge.intake.header import HEAD_ROWS
from waitlist_merge.intake.heads import find_head
from waitlist_merge.reasons import Fault

HEADER = "NHS No,Surname,DOB\n"
pieces = st.sampled_from(
    ["a", "b ", "é", "\u2028", "\x0b", " ", ",", ",", "\n", "\r\n", "\r", '"x"', '""', '"p,q"', "1"]
)
strays = st.sampled_from(["a", "1", ",", ",", ",", "\n", "\n", "\r\n", '"', '"', 'b"', '"c,d\ne"'])
bodies = st.lists(pieces, min_size=1, max_size=40).map("".join)
stray_bodies = st.lists(strays, min_size=1, max_size=60).map("".join)


def shape(grid):
    return (
        grid.headings,
        [column.to_pylist() for column in grid.columns],
        grid.records,
        grid.long_rows,
        grid.short_rows,
        grid.titles,
    )


def careful(text):
    """The whole file by the plain reading, which knows how many cells most records have."""
    _, head = find_head("x.csv", text.encode(), frozenset(), delimiter=",", header_row=None)
    rows = list(careful_rows(text, ",", width=head.width))
    return grid_of_rows("x.csv", rows, known=frozenset())


def outcome(read):
    try:
        return shape(read())
    except RefusedExtract as refusal:
        return str(refusal)


@settings(deadline=None, max_examples=300)
@given(bodies | stray_bodies)
@example('1,2,"x')
@example('1,2,"x\n\n')
@example('1,"a,2\n3,b",4\n')
@example('1,"a","b,2\n')
@example('"a\nb",c,d\n')
@example("1,2,3,\n4,5,6,\n7,8,9,\n")
@example("1,2,3,4\n5,6\n\n7,8,9\n")
@example("\n\n")
@example(',,"\na')
@example('1,2,"\n')
@example('1,2,"\n\na\n')
def test_fast_equals_careful(body):
    text = HEADER + body
    fast = outcome(lambda: read_delimited("x.csv", text.encode(), known=frozenset(), delimiter=","))
    slow = outcome(lambda: careful(text))
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


head_pieces = st.sampled_from(["NHS No", "DOB", "1", '"', ",", "\t", "|", ";", "\n", "\n"])


@given(st.lists(head_pieces, max_size=30).map("".join))
def test_a_separator_that_is_in_no_line_would_not_have_been_chosen(text):
    def found(last):
        whole = text + "\n" + "1\n" * HEAD_ROWS + last
        try:
            return find_head("x", whole.encode(), frozenset(), delimiter=None, header_row=None)
        except RefusedExtract as problem:
            return str(problem)

    # A line below the first rows has all separators, so that all are tried.
    assert found("1\n") == found(",\t|;\n")


def test_an_unclosed_quotation_mark_swallows_no_record():
    body = '1,"SMITH,x\n2,KHAN,y\n3,"NOWAK",z\n4,"LEE",w\n'
    grid = read_delimited("x.csv", (HEADER + body).encode(), known=frozenset())
    assert grid.records == 4
    assert grid.columns[1].to_pylist() == ['"SMITH', "KHAN", "NOWAK", "LEE"]
    assert grid.stray_quotes == (1,)


WIDE = "NHS No,Hospital No,Surname,Forename,DOB,Comments,TFC\n"


def wide_row(at, **changes):
    cells = {"no": "", "id": f"H{at}", "name": f"Sur{at % 7}".rstrip("0123456"), "given": "Fora"}
    cells |= {"born": "01/05/1960", "said": "", "tfc": "110"}
    return ",".join((cells | changes).values()) + "\n"


@settings(deadline=None, max_examples=200)
@given(
    st.integers(1, 30).flatmap(
        lambda size: st.tuples(
            st.just(size),
            st.dictionaries(
                st.integers(0, size - 1),
                st.sampled_from(
                    ['"Surf', 'Sur"', '"Smith, Ann"', '5" scar', '"', '"line one\nline, two, 3"']
                ),
                max_size=5,
            ),
        )
    )
)
def test_every_row_is_a_record_whatever_quotation_marks_stray(drawn):
    size, names = drawn
    rows = [wide_row(at, **({"name": names[at]} if at in names else {})) for at in range(size)]
    grid = read_delimited("x.csv", (WIDE + "".join(rows)).encode(), known=frozenset())
    assert grid.records == size
    assert grid.columns[1].to_pylist() == [f"H{at}" for at in range(size)]
    opened = {at + 1 for at, name in names.items() if name in ('"Surf', '"')}
    assert set(grid.stray_quotes) == opened


@pytest.mark.parametrize("at", ["name", "given", "said", "tfc", "no"])
@pytest.mark.parametrize("row", [0, 5, 19])
def test_a_stray_quotation_mark_is_kept_as_text_and_found(at, row):
    rows = [wide_row(each, **({at: '"x'} if each == row else {})) for each in range(20)]
    grid = read_delimited("x.csv", (WIDE + "".join(rows)).encode(), known=frozenset())
    assert grid.records == 20
    assert grid.stray_quotes == (row + 1,)
    assert '"x' in [column.to_pylist()[row] for column in grid.columns]


def test_two_stray_marks_that_seem_to_close_each_other():
    """The record they seem to make fits the header: only its lines tell."""
    rows = [wide_row(at) for at in range(20)]
    rows[5], rows[12] = wide_row(5, name='"Surf'), wide_row(12, name='Surm"')
    grid = read_delimited("x.csv", (WIDE + "".join(rows)).encode(), known=frozenset())
    assert grid.records == 20
    assert grid.stray_quotes == (6,)


def test_an_address_of_several_lines_with_as_many_commas_stays_one_cell():
    text = "Id,Name,DOB,Address,TFC\n" + "H1,Smith,1/1/60,Leeds,110\n" * 3
    text += 'H2,Smith,1/1/60,"12 High St, Leeds\nYorks, North, Lancs, UK",110\n'
    grid = read_delimited("x.csv", text.encode(), known=frozenset())
    assert grid.records == 4
    assert grid.stray_quotes == ()
    assert grid.columns[3].to_pylist()[-1] == "12 High St, Leeds\nYorks, North, Lancs, UK"


def test_a_stray_mark_in_a_large_file_swallows_no_more_than_a_block(monkeypatch):
    monkeypatch.setattr(delimited, "BLOCK_BYTES", 4096)
    rows = [wide_row(at, **({"name": '"Surf'} if at == 500 else {})) for at in range(1000)]
    grid = read_delimited("x.csv", (WIDE + "".join(rows)).encode(), known=frozenset())
    assert grid.records == 1000
    assert grid.stray_quotes == (501,)


def test_a_stray_mark_among_the_first_rows_of_a_large_file():
    rows = [wide_row(at, **({"name": '"Surf'} if at == 3 else {})) for at in range(6000)]
    grid = read_delimited("x.csv", (WIDE + "".join(rows)).encode(), known=frozenset())
    assert grid.records == 6000


def test_the_finding_names_the_row():
    rows = [wide_row(at, **({"name": '"Surf'} if at == 5 else {})) for at in range(20)]
    grid = read_delimited("x.csv", (WIDE + "".join(rows)).encode(), known=frozenset())
    found = Extract.from_grid("x.csv", grid, digest="", organisation="RM3").findings
    strays = found[found["reason"] == Fault.STRAY_QUOTE]
    assert strays[["source_row", "count"]].to_numpy().tolist() == [[6, 1]]


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
