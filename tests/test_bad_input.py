"""What bad input gets from the command line: one clear line each, and nothing half-written."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

from waitlist_merge import cli
from waitlist_merge.outputs import read_tables

HEADER = "NHS No,Surname,DOB,Referral date\n"
PERSON = "9990000018,Zyxwvut,03/02/1962,01/02/2026\n"
CENSUS = ("--census-date", "2026-11-15")
RUBBISH = random.Random(7).randbytes(4000)  # noqa: S311 - rubbish, not secrets


def zip_of(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name in names:
            packed.writestr(name, HEADER + PERSON)
    return stream.getvalue()


def wide_workbook() -> bytes:
    book, stream = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("PTL")
    sheet.append(["NHS No", *(f"c{at}" for at in range(9_999))])
    sheet.append(["9990000018"])
    book.save(stream)
    return stream.getvalue()


LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le")
"""What Excel writes for a workbook with a password."""

WIDE = ",".join(["NHS No", *(f"c{at}" for at in range(9_999))]) + "\n" + "1," * 9_999 + "1\n"
LONG = HEADER + PERSON * 70 + '1,"' + "x" * 9_000_000 + '",1,1\n'

BAD: dict[str, tuple[bytes | str, str]] = {
    "empty.csv": ("", "it is empty; send the list again"),
    "header.csv": (HEADER, "it has a header but no rows; send the list again"),
    "rubbish.csv": (RUBBISH, "it is not text; send the list as .csv, .xlsx or .parquet"),
    "rubbish.xlsx": (b"PK\x03\x04" + RUBBISH, "its zip is damaged; send the file again"),
    "rubbish.parquet": (b"PAR1" + RUBBISH, "its Parquet is damaged; send the file again"),
    "locked.xlsx": (LOCKED, "the workbook has a password; open it, take the password off"),
    "wide.csv": (WIDE, "it has 10,000 columns (at most 2,000); send the list itself"),
    "wide.xlsx": (wide_workbook(), "it has 10,000 columns (at most 2,000); send the list itself"),
    "cell.csv": (LONG, "; check for a missing quotation mark"),
    "unknown.csv": (
        "alpha,beta\n1,2\n",
        "is a header that can be recognised; send it with a header",
    ),
    "nobody.csv": ("Specialty,Priority type\n110,1\n", "no person can be told from its columns"),
    "two.zip": (zip_of("a.csv", "b.csv"), "the zip holds 2 files; give a zip of exactly one"),
    "letter.pdf": (b"%PDF-1.4", "files of kind .pdf are not read; save it as .xlsx, .csv"),
    "late.csv": (HEADER + PERSON.replace("2026", "2027"), "is before every referral date in it"),
}


def run(folder: Path, *arguments: object) -> Any:
    out = ("--out", str(folder / "out"))
    return CliRunner().invoke(cli.app, ["merge", *map(str, arguments), *out])


def refused(folder: Path, *arguments: object, code: int = 3) -> list[str]:
    """The lines that a merge says where it is refused, nothing having been written."""
    before = sorted(folder.iterdir())
    done = run(folder, *arguments)
    assert done.exit_code == code, done.output
    assert done.stdout == ""
    assert sorted(folder.iterdir()) == before
    assert "Traceback" not in done.stderr
    assert "Zyxwvut" not in done.stderr
    assert "9990000018" not in done.stderr
    lines = done.stderr.splitlines()
    assert all(line.startswith("waitlist-merge: ") for line in lines)
    return [line.removeprefix("waitlist-merge: ") for line in lines]


def findings(folder: Path, *arguments: object) -> Sequence[str]:
    """The reasons of the findings of a merge that is done."""
    done = run(folder, *arguments)
    assert done.exit_code == 0, done.output
    return read_tables(folder / "out")["findings"]["reason"].tolist()


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_one_line_with_its_cure(name: str, tmp_path: Path) -> None:
    content, said = BAD[name]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    [line] = refused(tmp_path, f"RM3={path}", *CENSUS)
    assert line.startswith(f"{name}: ")
    assert said in line


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert refused(tmp_path, f"RM3={tmp_path / 'gone.csv'}", tmp_path / "folder", *CENSUS) == [
        "gone.csv: there is no such file; check the path",
        "folder: it is a folder; name the files in it",
    ]


def test_a_code_that_is_none_is_the_fault_and_not_the_file(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(HEADER + PERSON)
    [line] = refused(tmp_path, f"XX={path}", *CENSUS)
    assert line == (
        'list.csv: what stands before "=" is no code of an organisation: XX; '
        "write 3 to 9 letters and digits"
    )


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good_20261115.csv"
    path.write_text(HEADER + PERSON)
    return path


def test_nobody_says_whose_list_it_is_nor_of_which_day(good: Path, tmp_path: Path) -> None:
    [line] = refused(tmp_path, good)
    assert line.endswith("it does not say whose list it is; give it as ORG=path or as "
                         "organisation in the configuration")  # fmt: skip
    undated = good.rename(tmp_path / "good.csv")
    [line] = refused(tmp_path, f"RM3={undated}")
    assert "give --census-date YYYY-MM-DD, or census_date in merge.toml" in line


def test_all_problems_are_told_together_and_the_last_output_stays(
    good: Path, tmp_path: Path
) -> None:
    assert run(tmp_path, f"RM3={good}").exit_code == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    (tmp_path / "empty.csv").touch()
    files = (f"RM3={good}", f"RW3={tmp_path / 'empty.csv'}", f"RXR={tmp_path / 'gone.csv'}")
    assert [line.split(":")[0] for line in refused(tmp_path, *files)] == ["empty.csv", "gone.csv"]
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_the_rest_is_merged_where_that_is_asked_for(good: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    done = run(tmp_path, f"RM3={good}", f"RW3={tmp_path / 'empty.csv'}", "--skip-refused")
    assert done.exit_code == 0
    assert done.stderr == "waitlist-merge: refused: empty.csv: it is empty; send the list again\n"
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert manifest["refused"] == ["empty.csv: it is empty; send the list again"]


def test_a_list_newer_than_the_run_is_refused(good: Path, tmp_path: Path) -> None:
    [line] = refused(tmp_path, f"RM3={good}", "--census-date", "2020-01-01")
    assert "is after the run's date 2020-01-01; give a later --census-date, or none" in line


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_a_wrong_encoding_that_is_set(encoding: str, good: Path, tmp_path: Path) -> None:
    config = tmp_path / "merge.toml"
    config.write_text(f'[[extracts]]\npath = "good*.csv"\nencoding = "{encoding}"\n')
    [line] = refused(tmp_path, f"RM3={good}", "--config", config)
    assert "it is not in the encoding" in line
    assert "leave encoding out of the configuration" in line


def test_a_single_byte_encoding_set_over_utf8_is_a_finding(good: Path, tmp_path: Path) -> None:
    good.write_text(HEADER + PERSON.replace("y", "ý"), encoding="utf-8")
    config = tmp_path / "merge.toml"
    config.write_text('[[extracts]]\npath = "good*.csv"\nencoding = "cp1252"\n')
    assert "encoding_guessed" in findings(tmp_path, f"RM3={good}", "--config", config)
    config.write_text('[[extracts]]\npath = "good*.csv"\nencoding = "utf-8"\n')
    assert "encoding_guessed" not in findings(tmp_path, f"RM3={good}", "--config", config)


def test_headings_that_come_twice_are_findings(tmp_path: Path) -> None:
    path = tmp_path / "twice.csv"
    path.write_text("NHS No,Surname,Surname,DOB\n9990000018,Zyxwvut,Other,03/02/1962\n")
    assert "duplicate_column" in findings(tmp_path, f"RM3={path}", *CENSUS)
    assert read_tables(tmp_path / "out")["entries"]["family_name"].tolist() == ["Zyxwvut"]


def test_the_same_file_twice_is_read_once_and_refused_for_two_organisations(
    good: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy_20261115.csv"
    copy.write_bytes(good.read_bytes())
    lines = refused(tmp_path, f"RM3={good}", f"RW3={copy}")
    assert [line.split(":")[0] for line in lines] == ["copy_20261115.csv", "good_20261115.csv"]
    assert all("more than one organisation (RM3, RW3)" in line for line in lines)
    assert "same_file_twice" in findings(tmp_path, f"RM3={good}", f"RM3={copy}")
    assert len(read_tables(tmp_path / "out")["entries"]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--config", "gone.toml"), "gone.toml: cannot be read"),
        (("--census-date", "soon"), "write it as YYYY-MM-DD"),
    ],
)
def test_wrong_options_are_exit_code_2(
    arguments: tuple[str, str], said: str, good: Path, tmp_path: Path
) -> None:
    [line] = refused(tmp_path, f"RM3={good}", *arguments, code=2)
    assert said in line
