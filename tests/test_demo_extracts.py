"""Eight files, each in its own shape, and a truth that points at the right record of each."""

from __future__ import annotations

import gzip
import re
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from waitlist_merge.demo import Region, generate_region, workbooks, write_demo, write_extracts
from waitlist_merge.demo.extracts import TRUTH_COLUMNS
from waitlist_merge.demo.lists import services
from waitlist_merge.demo.rendering import WAYS
from waitlist_merge.demo.shapes import PAGE
from waitlist_merge.reference import load
from waitlist_merge.schema import CANONICAL

ENTRIES = 6000


@pytest.fixture(scope="module")
def region() -> Region:
    return generate_region(entries=ENTRIES, seed=13)


@pytest.fixture(scope="module")
def written(region: Region, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("extracts")
    return folder, write_extracts(region, folder)


def read(folder: Path, code: str) -> pd.DataFrame:
    """The extract of an organisation as an analyst would read it with pandas alone."""
    path = next(folder.glob(f"{code}*"))
    how: dict[str, dict[str, object]] = {
        "RRK": {},
        "RXK": {"sep": "|", "skip_blank_lines": False},
        "RL4": {"encoding": "utf-8-sig"},
        "RNA": {"sep": ";", "encoding": "cp1252"},
        "RJC": {"sep": "\t", "encoding": "utf-16"},
        "NT320": {},
    }
    if path.suffix == ".xlsx":
        return pd.read_excel(path, header=2, dtype=object)
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, dtype=str, keep_default_na=False, **how[code])


LOCAL = {
    "RRK": "CaseNoteNumber",
    "RXK": "Unit No",
    "RL4": "LOCAL_PATIENT_IDENTIFIER",
    "RBK": "Hospital Number",
    "RNA": "UNIT NUMBER",
    "RKB": "mrn",
    "RJC": "Hosp No",
    "NT320": "Patient ID",
}


@pytest.mark.parametrize("code", LOCAL)
def test_plain_pandas_reads_every_extract_and_truth_points_at_its_rows(
    code: str, region: Region, written: tuple[Path, pd.DataFrame]
) -> None:
    folder, truth = written
    frame = read(folder, code)
    own = truth[truth["source_file"].str.startswith(code)]
    mine = region.truth["organisation"] == code
    assert len(own) == mine.sum() > 100
    shown = frame[LOCAL[code]].iloc[own["source_row"].to_numpy() - 1].astype(str).to_numpy()
    people = pd.Series(own["person_id"].to_numpy()).groupby(shown).nunique()
    assert (people == 1).all()
    held = region.entries.loc[mine.to_numpy(), "local_patient_identifier"].astype(str)
    expected = set(zip(held, region.truth.loc[mine, "person_id"], strict=True))
    assert set(zip(shown, own["person_id"], strict=True)) == expected


def test_truth_has_every_entry_once(written: tuple[Path, pd.DataFrame]) -> None:
    _, truth = written
    assert tuple(truth.columns) == TRUTH_COLUMNS
    assert len(truth) == ENTRIES
    assert not truth.duplicated(["source_file", "source_row"]).any()
    assert (truth["source_row"] >= 1).all()


def test_shapes_differ(written: tuple[Path, pd.DataFrame]) -> None:
    folder, _ = written
    headings = [frozenset(read(folder, code).columns) for code in LOCAL]
    assert len(set(headings)) == len(headings) == 8
    assert len({path.suffix for path in folder.iterdir()}) == 5
    assert not {"Surname", "Patient Surname"} & set(read(folder, "RL4").columns)
    assert not any("post" in each.lower() for each in read(folder, "RJC").columns)


def test_the_census_can_be_found_in_every_extract(
    region: Region, written: tuple[Path, pd.DataFrame]
) -> None:
    folder, _ = written
    column = {
        "RRK": "CensusDate",
        "RL4": "Week_Ending_Date",
        "RKB": "snapshot_date",
        "RJC": "Report Date",
    }
    for code, census in region.census.items():
        name = next(folder.glob(f"{code}*")).name
        digits = re.sub(r"\D", "", name.removeprefix(code))
        if code in column:
            days = read(folder, code)[column[code]].astype(str)
            assert (days == days.iloc[0]).all()
            assert str(census.year) in days.iloc[0]
        elif code == "RBK":
            titles = pd.read_excel(folder / name, header=None, nrows=2)[0].tolist()
            assert titles[1] == f"Census date {census:%d/%m/%Y}"
        else:
            assert digits in (f"{census:%Y%m%d}", f"{census:%d%m%Y}"), name


def test_report_pages_have_headers_and_blank_lines(written: tuple[Path, pd.DataFrame]) -> None:
    folder, _ = written
    lines = next(folder.glob("RXK*")).read_text(encoding="utf-8").split("\n")
    assert lines[PAGE + 1] == ""
    assert lines[PAGE + 2] == lines[0]
    assert lines.count(lines[0]) == lines[:-1].count("") + 1


def test_each_shape_has_its_own_dress(written: tuple[Path, pd.DataFrame]) -> None:
    folder, _ = written
    assert next(folder.glob("RL4*")).read_bytes().startswith(b"\xef\xbb\xbf")
    assert next(folder.glob("RNA*")).read_bytes().splitlines()[-1].startswith(b"Total;")
    names = read(folder, "RNA")["PATIENT NAME"].iloc[:-1]
    assert names.str.fullmatch(r"[^,a-z]+, [^,]+", flags=0).mean() > 0.9
    assert names.str.contains(r"\((?:Mrs|Mr|Miss|Ms|Dr|Master)\)$").mean() > 0.6
    with pd.ExcelFile(next(folder.glob("RBK*"))) as book:
        assert book.sheet_names == ["Waiting list", "Notes"]
    sheet = read(folder, "RBK")
    assert sheet["NHS Number"].dropna().map(type).eq(int).mean() > 0.99
    assert sheet["Date of Birth"].map(lambda each: hasattr(each, "year")).all()
    private = read(folder, "NT320")
    assert private["Specialty"].str.contains(" - ").all()
    assert private["Comments"].str.contains("\n").any()
    assert set(private["Urgency"]) <= {"Routine", "Urgent", "2WW"}
    with gzip.open(next(folder.glob("RRK*")), "rt", encoding="utf-8") as file:
        assert "CaseNoteNumber" in file.readline()


def test_the_same_region_has_the_same_bytes(region: Region, tmp_path: Path) -> None:
    digests = []
    for each in ("a", "b"):
        write_extracts(region, tmp_path / each)
        digests.append(
            {
                path.name: sha256(path.read_bytes()).hexdigest()
                for path in (tmp_path / each).iterdir()
            }
        )
    assert digests[0] == digests[1]


def test_demo_writes_extracts_and_truth(tmp_path: Path) -> None:
    truth = write_demo(tmp_path, entries=400, seed=2)
    listed = pd.read_csv(tmp_path / "truth.csv", dtype=str, keep_default_na=False)
    assert tuple(listed.columns) == TRUTH_COLUMNS
    assert len(listed) == len(truth) == 400
    files = {path.name for path in (tmp_path / "extracts").iterdir()}
    assert files == set(listed["source_file"])
    assert listed["rtt_start_date"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()


def test_an_organisation_without_entries_has_no_file(tmp_path: Path) -> None:
    truth = write_extracts(generate_region(entries=2, seed=1), tmp_path)
    assert len(list(tmp_path.iterdir())) == truth["source_file"].nunique() <= 2


def test_more_organisations_than_shapes_begin_again(tmp_path: Path) -> None:
    made = generate_region(entries=900, seed=1, organisations=13)
    truth = write_extracts(made, tmp_path)
    assert truth["source_file"].nunique() == made.truth["organisation"].nunique() == 13


def test_a_sheet_that_is_too_small_is_said(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 10)
    with pytest.raises(ValueError, match="make a smaller region"):
        write_extracts(region, tmp_path)


def test_every_heading_shows_a_known_field_in_a_known_way() -> None:
    listed = load("demo_shapes")
    assert set(listed["field"]) <= set(CANONICAL)
    assert set(listed["shown"]) <= {*WAYS, "date"}
    assert not listed.duplicated(["shape", "heading"]).any()


def test_packaged_lists_fit_together() -> None:
    functions = set(services().frame["tfc"])
    assert set(load("demo_procedures")["tfc"]) <= functions
    waits = load("demo_waits")
    assert set(load("demo_specialties")["group"]) == set(waits["group"])
    parts = load("demo_specialties").astype({"part": float}).groupby("group")["part"].sum()
    assert parts.round(6).eq(1).all()
    assert waits["weeks"].str.split().str.len().eq(105).all()
    assert waits.astype({"total": int})["total"].sum() == 7_123_983


def test_procedure_codes_are_real() -> None:
    shared = Path(__file__).resolve().parents[2] / "shared" / "data" / "opcs4_codes.csv.gz"
    if not shared.exists():
        pytest.skip("the list of OPCS-4 codes is not here")
    known = set(pd.read_csv(shared, dtype=str)["code_4digit"])
    # Total cholecystectomy is in OPCS-4 (J18.3) but not in that list.
    assert set(load("demo_procedures")["code"]) - known <= {"J183"}


def test_waits_are_the_published_counts() -> None:
    shared = Path(__file__).resolve().parents[2] / "shared" / "data"
    path = shared / "rtt_incomplete_provider_tfc_weeks.csv.gz"
    if not path.exists():
        pytest.skip("NHS England's table is not here")
    published = pd.read_csv(path)
    published = published[published["tfc"] != "C_999"]
    weeks = [each for each in published if re.fullmatch(r"w\d+_\w+", each)]
    totals = published.groupby(published["tfc"].str.removeprefix("C_"))[weeks].sum().sum(axis=1)
    ours = load("demo_waits").astype({"total": int}).groupby("group")["total"].sum()
    assert ((ours - totals).abs() <= 5).all()
