"""Every table comes back as it was written, from either format, whatever the text holds."""

from __future__ import annotations

import csv
import json
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.errors import ConservationError, OutputError
from waitlist_merge.outputs import columns as columns_module, read_tables, tables, write_tables
from waitlist_merge.outputs.spreadsheet import escape, unescape
from waitlist_merge.outputs.tables import read_manifest
from waitlist_merge.reasons import Relation
from waitlist_merge.schema import TABLES, Kind

EMPTY = {name: pd.DataFrame() for name in TABLES}
NASTY = [
    "=1+1",
    "'=1+1",
    "''-2",
    "+44 20 7946 0000",
    "-5",
    "@here",
    "\tindented",
    "\rcr",
    "\nlf",
    "\x00nul",
    "＝full",
    "O'Neill",
    "'quoted'",
    '"',
    'say "=1"',
    "two\r\nlines",
    ",",
    "Łukasz Żółć",
    "阿里",
    "👩‍⚕️",
    " ",
    "00123",
    "1E5",
    "true",
    "null",
    "NaN",
    "#N/A",
    "\ufeff",
]


def written(out: Path, given: dict[str, pd.DataFrame], formats: str) -> dict[str, pd.DataFrame]:
    write_tables(out, EMPTY | given, manifest={}, formats=formats)
    return read_tables(out)


@pytest.mark.parametrize("formats", ["csv", "parquet"])
def test_nasty_text_comes_back(tmp_path: Path, formats: str) -> None:
    frame = pd.DataFrame({"explanation": NASTY, "veto": pd.Categorical(NASTY)})
    read = written(tmp_path / "out", {"patient_links": frame}, formats)["patient_links"]
    assert read["explanation"].tolist() == NASTY
    assert read["veto"].tolist() == NASTY


def test_no_text_in_a_csv_can_run_in_a_spreadsheet(tmp_path: Path) -> None:
    frame = pd.DataFrame({"explanation": NASTY, "=veto": NASTY})
    written(tmp_path / "out", {"entries": frame}, "csv")
    with (tmp_path / "out" / "entries.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "'=1+1" in cells
    assert "'=veto" in cells
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r\n\x00＝＋－＠") and cell]


@given(st.lists(st.text(st.characters(codec="utf-8")) | st.sampled_from(NASTY)))
def test_escape_can_always_be_undone(texts: list[str]) -> None:
    array = pa.array(texts, pa.string())
    assert unescape(escape(array)).to_pylist() == texts


TEXTS = st.none() | st.sampled_from(["", *NASTY]) | st.text(st.characters(codec="utf-8"))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "entry_id": TEXTS,
            "comments": TEXTS,
            "a heading, \n'=odd'": TEXTS,
            "birth_date": st.none() | st.dates(),
            "restricted": st.none() | st.booleans(),
            "source_row": st.none() | st.integers(-(2**31), 2**31 - 1),
            "stated_wait": st.none() | st.floats(allow_nan=False),
        }
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(ROWS, st.booleans())
def test_both_formats_give_the_same_frames_as_a_plain_reading(
    rows: list[dict[str, object]], categories: bool
) -> None:
    frame = pd.DataFrame(rows, columns=list(rows[0]) if rows else ["entry_id"], dtype=object)
    if categories:
        frame = frame.assign(entry_id=frame["entry_id"].astype("category"))
    with tempfile.TemporaryDirectory() as folder:
        from_csv, from_parquet = (
            one_table(Path(folder) / formats, frame, formats) for formats in ("csv", "parquet")
        )
    pd.testing.assert_frame_equal(from_csv, from_parquet)
    for name in frame:
        expected = [plain(value) for value in frame[name].astype(object)]
        assert [plain(value) for value in from_csv[name].astype(object)] == expected


def one_table(stem: Path, frame: pd.DataFrame, formats: str) -> pd.DataFrame:
    listed = columns_module.columns_of("entries", frame)
    tables._write_table(stem, frame, listed, formats=formats)
    return columns_module.to_frame(tables._table(stem, listed))


def plain(value: object) -> object:
    """The slow and obvious reading: empty text is missing, a day is a day."""
    if value is None or value is pd.NaT or value is pd.NA or value == "" or value != value:  # noqa: PLR0124
        return None
    return value.to_pydatetime().date() if isinstance(value, pd.Timestamp) else value


def test_columns_are_those_of_the_schema_in_its_order_and_types(tmp_path: Path) -> None:
    frame = pd.DataFrame({"weight": [1.5], "entry_id_b": ["E-2"]}, index=[7])
    read = written(tmp_path / "out", {"patient_links": frame}, "both")
    kinds = {
        Kind.TEXT: "string",
        Kind.DATE: "date32[day]",
        Kind.FLAG: "bool",
        Kind.INTEGER: "int32",
        Kind.NUMBER: "double",
    }
    for name, listed in TABLES.items():
        schema = pq.read_schema(tmp_path / "out" / f"{name}.parquet")
        assert schema.names == [column.name for column in listed]
        assert [str(kind) for kind in schema.types] == [kinds[each.kind] for each in listed]
        assert not (schema.metadata or {}).get(b"pandas"), "no index"
        assert read[name].columns.tolist() == schema.names
    assert read["patient_links"]["relation"].isna().all()


def test_the_csv_is_what_a_spreadsheet_expects(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "entry_id": ["E-1", "E-2"],
            "nhs_number": ["0000000012", None],
            "birth_date": pd.to_datetime(["1971-05-03", None]).astype("datetime64[s]"),
            "restricted": pd.array([True, None], dtype="boolean"),
            "source_row": [1, 2],
        }
    )
    written(tmp_path / "out", {"entries": frame}, "csv")
    data = (tmp_path / "out" / "entries.csv").read_bytes()
    header, first, second, rest = data.split(b"\n")
    assert header.startswith(b'\xef\xbb\xbf"entry_id","organisation",')
    assert b"\r" not in data
    assert first.startswith(b'"E-1",,,,1,')
    assert b',"0000000012",' in first
    assert b",1971-05-03," in first
    assert b",true," in first
    assert second.strip(b",").endswith(b'"E-2",,,,2')
    assert rest == b""


def test_every_kind_of_column_is_taken(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "entry_id": pd.Series(["E-1", None], dtype="string[pyarrow]"),
            "outcome": pd.Series([Relation.RESENT, None], dtype=object),
            "list_state": pd.Categorical([Relation.RESENT, None]),
            "family_name": pd.Categorical([None, None]),
            "given_name": [None, None],
            "birth_date": pd.to_datetime(["1971-05-03", None]),
            "death_date": [date(2026, 1, 2), None],
            "tci_date": [None, None],
            "restricted": [True, False],
            "suspected_cancer": np.array([True, None], dtype=object),
            "source_row": pd.array([1, None], dtype="Int64"),
            "extract_age_days": [1.0, np.nan],
            "stated_wait": [1, 2],
        }
    )
    read = written(tmp_path / "out", {"entries": frame}, "both")["entries"]
    assert read.loc[0, list(frame)].tolist() == [
        "E-1",
        "resent",
        "resent",
        pd.NA,
        pd.NA,
        pd.Timestamp("1971-05-03"),
        pd.Timestamp("2026-01-02"),
        pd.NaT,
        True,
        True,
        1,
        1,
        1.0,
    ]


def test_tables_of_several_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns_module, "BATCH_ROWS", 3)
    ids = [f"E-{n}" for n in range(10)]
    frame = pd.DataFrame({"entry_id": ids, "organisation": pd.Categorical(ids), "source_row": 4})
    for formats in ("csv", "parquet"):
        read = written(tmp_path / "out", {"entries": frame}, formats)["entries"]
        assert read["entry_id"].tolist() == ids
        assert read["organisation"].tolist() == ids


CODED = ["=1+1", None, *["RM3"] * 20, ""]


@pytest.mark.parametrize("few", [0, 5])
def test_text_goes_out_the_same_whether_it_is_coded_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(columns_module, "FEW", few)
    monkeypatch.setattr(columns_module, "BATCH_ROWS", 4)
    frame = pd.DataFrame({"reason": "RM3", "stage": CODED}, dtype="category")
    write_tables(tmp_path / "out", EMPTY | {"entries": frame}, manifest={}, formats="both")
    schema = pq.read_schema(tmp_path / "out" / "entries.parquet")
    assert {schema.field(name).type for name in ("reason", "stage", "comments")} == {pa.string()}
    expected = [each or None for each in CODED]
    from_parquet = read_tables(tmp_path / "out")["entries"]
    (tmp_path / "out" / "entries.parquet").unlink()
    from_csv = read_tables(tmp_path / "out")["entries"]
    for read in (from_parquet, from_csv):
        assert read["stage"].astype(object).where(read["stage"].notna(), None).tolist() == expected
    pd.testing.assert_frame_equal(from_parquet, from_csv)


def test_columns_that_were_not_recognised_are_kept_in_entries_only(tmp_path: Path) -> None:
    frame = pd.DataFrame({"entry_id": ["E-1"], "Lead clinician": ["x"]})
    read = written(tmp_path / "out", {"entries": frame}, "csv")["entries"]
    assert read.columns[-1] == "Lead clinician"
    described = json.loads((tmp_path / "out" / "schema.json").read_text(encoding="utf-8"))
    assert described["tables"]["entries"]["columns"][-1]["name"] == "Lead clinician"
    with pytest.raises(ValueError, match="members has columns that the schema does not name: odd"):
        write_tables(tmp_path / "out", EMPTY | {"members": pd.DataFrame({"odd": [1]})}, manifest={})


@pytest.mark.parametrize("names", [set(TABLES) - {"members"}, set(TABLES) | {"odd"}])
def test_all_tables_must_be_given_and_no_other(tmp_path: Path, names: set[str]) -> None:
    with pytest.raises(ValueError, match=r"missing or unknown: (members|odd)$"):
        write_tables(tmp_path / "out", dict.fromkeys(names, pd.DataFrame()), manifest={})
    assert not (tmp_path / "out").exists()


def test_only_the_formats_asked_for_are_written(tmp_path: Path) -> None:
    for formats, suffixes in {"csv": {".csv"}, "parquet": {".parquet"}}.items():
        written(tmp_path / "out", {}, formats)
        found = {path.suffix for path in (tmp_path / "out").iterdir()} - {".json"}
        assert found == suffixes
    written(tmp_path / "out", {}, "both")
    assert len(list((tmp_path / "out").iterdir())) == 2 * len(TABLES) + 2


def test_a_folder_of_another_program_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is no output of this program"):
        read_tables(tmp_path)


def test_a_reader_begins_anew_when_a_run_replaces_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    run(out, "old")
    read_one, swapped = tables._table, []

    def swap_on_the_way(stem: Path, columns: object) -> pa.Table:
        if stem.name == "members" and not swapped:
            swapped.append(True)
            run(out, "new")
        return read_one(stem, columns)

    monkeypatch.setattr(tables, "_table", swap_on_the_way)
    read = read_tables(out)
    assert {frame["entry_id"][0] for frame in (read["entries"], read["members"])} == {"new"}


def test_a_table_that_is_missing_is_said(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(out, "old")
    (out / "members.parquet").unlink()
    (out / "members.csv").unlink()
    with pytest.raises(OutputError, match="a table is missing"):
        read_tables(out)


def run(out: Path, name: str) -> None:
    frame = pd.DataFrame({"entry_id": [name]})
    write_tables(out, EMPTY | {"entries": frame, "members": frame}, manifest={"run": name})


def test_a_manifest_may_be_told_while_tables_are_written(tmp_path: Path) -> None:
    write_tables(tmp_path / "out", EMPTY, manifest=lambda: {"run": 7}, formats="csv")
    assert read_manifest(tmp_path / "out")["run"] == 7


def test_what_stops_the_manifest_leaves_no_output(tmp_path: Path) -> None:
    def stops() -> dict[str, object]:
        raise ConservationError("lost")

    with pytest.raises(ConservationError):
        write_tables(tmp_path / "out", EMPTY, manifest=stops, formats="csv")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("formats", ["csv", "parquet", "both"])
def test_the_manifest_lists_what_was_written(tmp_path: Path, formats: str) -> None:
    write_tables(tmp_path / "out", EMPTY, manifest={}, formats=formats)
    files = json.loads((tmp_path / "out" / "manifest.json").read_bytes())["files"]
    assert files == sorted(path.name for path in (tmp_path / "out").iterdir())


def test_the_manifest_says_how_long_writing_took(tmp_path: Path) -> None:
    given = {"seconds": {"read": 1.5}}
    write_tables(tmp_path / "out", EMPTY, manifest=given, formats="both")
    seconds = json.loads((tmp_path / "out" / "manifest.json").read_bytes())["seconds"]
    assert list(seconds) == ["read", "write"]
    assert seconds["read"] == 1.5
    assert seconds["write"] > 0
    assert given == {"seconds": {"read": 1.5}}
