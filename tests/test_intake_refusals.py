"""What cannot be read is refused in one line that names the file and the cure, and no patient."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from datetime import date

import openpyxl
import pandas as pd
import pyarrow as pa
import pytest

from waitlist_merge.errors import ConfigError, RefusedExtract
from waitlist_merge.intake import Extract, read_extract
from waitlist_merge.intake.cells import MAX_CELL
from waitlist_merge.intake.grid import MAX_COLUMNS
from waitlist_merge.plan import ExtractPlan

RUBBISH = random.Random(7).randbytes(4000)  # noqa: S311 - rubbish, not secrets
HEADER = b"NHS No,Surname,DOB\n"
PERSON = b"9990000018,Zyxwvut,03/02/1962\n"


def zip_of(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return stream.getvalue()


def encrypted_workbook() -> bytes:
    """What Excel writes: an OLE container with a stream of this name."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le")


def wide(columns: int) -> bytes:
    headings = ["NHS No", *(f"c{at}" for at in range(columns - 1))]
    return (",".join(headings) + "\n" + ",".join(["1"] * columns) + "\n").encode()


def empty_workbook() -> bytes:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    return stream.getvalue()


def nested_parquet() -> bytes:
    return pd.DataFrame({"NHS No": ["9990000018"], "Notes": [["a", "b"]]}).to_parquet()


def rowless_parquet() -> bytes:
    """Of a report that found nobody; a day has no text that Arrow would make of it by itself."""
    frame = pd.DataFrame({"NHS No": ["9990000018"], "DOB": [date(1962, 3, 5)]})
    return frame.iloc[:0].to_parquet(
        schema=pa.schema([("NHS No", pa.string()), ("DOB", pa.date32())])
    )


REFUSED = {
    "empty.csv": (b"", "empty"),
    "spaces.csv": (b" \n\n \n", "empty"),
    "header.csv": (HEADER, "no rows"),
    "headless.csv": (PERSON * 3, "header"),
    "rubbish.csv": (RUBBISH, "not text"),
    "rubbish.xlsx": (b"PK\x03\x04" + RUBBISH[:400], "damaged"),
    "rubbish.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "cannot be read"),
    "rubbish.parquet": (b"PAR1" + RUBBISH[:400], "damaged"),
    "text.parquet": (HEADER + PERSON, "inside"),
    "text.xlsx": (HEADER + PERSON, "inside"),
    "blank.xlsx": (empty_workbook(), "header"),
    "letter.docx.zip": (zip_of({"a.csv": b"1", "b.csv": b"2"}), "2 files"),
    "none.zip": (zip_of({}), "0 files"),
    "list.pdf": (b"%PDF-1.4", ".pdf"),
    "list.txt": (b"%PDF-1.4 \n 1 0 obj", "rows and columns"),
    "page.xls": (b"<html><table><tr><td>NHS No</td></tr></table></html>", "rows and columns"),
    "short.csv.gz": (gzip.compress(HEADER + PERSON)[:-9], "damaged"),
    "locked.xlsx": (encrypted_workbook(), "password"),
    "wide.csv": (wide(10_000), f"{MAX_COLUMNS:,}"),
    "cell.csv": (HEADER + PERSON + b'1,"' + b"x" * 200_000 + b'",1\n', f"{MAX_CELL:,}"),
    "block.csv": (HEADER + PERSON * 70 + b'1,"' + b"x" * 50_000_000 + b'",1\n', "quotation"),
    "first.csv": (HEADER + b'1,"' + b"x" * 2_000_000 + b'",1\n', "quotation"),
    "nobody.csv": (b"Specialty,Priority type\n110,1\n", "treatment_function_code"),
    "name.csv": (b"Surname,Forename\nZyxwvut,Ann\n", "family_name"),
    "rowless.parquet": (rowless_parquet(), "no rows"),
    "nested.parquet": (nested_parquet(), "lists or structures"),
    "word.docx": (b"PK", ".docx"),
    "office.xlsx": (zip_of({"[Content_Types].xml": b"x", "word/document.xml": b"x"}), "workbook"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_name_the_file_and_the_cure(tmp_path, name):
    data, word = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(RefusedExtract) as refusal:
        read_extract(path, organisation="RM3")
    message = str(refusal.value)
    assert message.startswith(f"{name}: ")
    assert word in message
    assert "\n" not in message
    assert refusal.value.cure
    assert "Zyxwvut" not in message
    assert "9990000018" not in message


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(RefusedExtract, match=r"^gone.csv: there is no such file; check the path$"):
        read_extract(tmp_path / "gone.csv", organisation="RM3")
    with pytest.raises(RefusedExtract, match="folder"):
        read_extract(tmp_path, organisation="RM3")


def test_a_frame_that_is_too_wide_or_empty():
    with pytest.raises(RefusedExtract, match="columns"):
        Extract.from_frame(pd.DataFrame([[1] * 3000]), organisation="RM3")
    with pytest.raises(RefusedExtract, match="no rows"):
        Extract.from_frame(pd.DataFrame({"NHS No": []}), organisation="RM3")


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(b"RM3 list\n" + HEADER + "9990000018,Siân,03/02/1962\n".encode("cp1252"))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "ascii"])
def test_an_encoding_that_does_not_fit(listed, encoding):
    options = ExtractPlan(path="*", encoding=encoding)
    with pytest.raises(RefusedExtract, match="encoding"):
        read_extract(listed, organisation="RM3", options=options)


def test_a_single_byte_encoding_over_utf16(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes((HEADER + PERSON).decode().encode("utf-16"))
    options = ExtractPlan(path="*", encoding="cp1252")
    with pytest.raises(RefusedExtract, match="encoding"):
        read_extract(path, organisation="RM3", options=options)


def test_bytes_of_no_encoding(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(HEADER + b"9990000018,Si\x81\x8dn,03/02/1962\n")
    with pytest.raises(RefusedExtract, match="neither UTF-8 nor Windows-1252"):
        read_extract(path, organisation="RM3")


@pytest.mark.parametrize("row", [9, 60_000])
def test_a_header_row_that_is_not_there(listed, row):
    options = ExtractPlan(path="*", header_row=row)
    with pytest.raises(RefusedExtract, match="header"):
        read_extract(listed, organisation="RM3", options=options)


def test_a_sheet_that_is_not_there(tmp_path):
    path = tmp_path / "list.xlsx"
    pd.DataFrame({"NHS No": ["9990000018"]}).to_excel(path, sheet_name="PTL", index=False)
    with pytest.raises(ConfigError, match="it has PTL"):
        read_extract(path, organisation="RM3", options=ExtractPlan(path="*", sheet="List"))


def test_nobody_says_whose_list_it_is(listed):
    with pytest.raises(RefusedExtract, match="ORG=path"):
        read_extract(listed)
