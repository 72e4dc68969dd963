"""One list reads alike in every format that it may come in."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import date, datetime

import openpyxl
import pandas as pd
import pytest
import xlwt
from hypothesis import given, strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from waitlist_merge.intake import Extract, read_extract
from waitlist_merge.intake.cells import cell_text, encode
from waitlist_merge.intake.encodings import to_utf8
from waitlist_merge.normalise import normalise
from waitlist_merge.plan import ExtractPlan

HEADER = ["NHS No", "Hosp No", "Patient Name", "DOB", "RTT Start Date", "Comments"]
ROWS = [
    ["9990000018", "A0012", "SMITH, Siân (Mrs)", "1962-02-03", "2026-03-01", "likes tea, milk"],
    ["9990000026", "A0013", "O'NEILL, José", "1971-04-12", None, "two\nlines"],
]


def delimited(sign: str = ",") -> str:
    lines = [
        sign.join(f'"{cell or ""}"' for cell in row)
        for row in [["RM3 list"], [], HEADER, *ROWS, [], ["Total", "2"]]
    ]
    return "\r\n".join(lines) + "\r\n"


def as_text(sign: str, encoding: str) -> bytes:
    return delimited(sign).encode(encoding)


def as_xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Guide"
    book.active.append(["How to read this list"])
    sheet = book.create_sheet("PTL")
    for row in [["RM3 list"], [], HEADER]:
        sheet.append(row)
    for number, hospital, name, born, start, comment in ROWS:
        day = datetime.fromisoformat(start) if start else None
        sheet.append([int(number), hospital, name, date.fromisoformat(born), day, comment])
    sheet.append([])
    sheet.append(["Total", 2])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("PTL")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for at, name in enumerate(HEADER):
        sheet.write(2, at, name)
    sheet.write(0, 0, "RM3 list")
    for at, row in enumerate(ROWS, start=3):
        sheet.write(at, 0, int(row[0]))
        for place in (1, 2, 5):
            sheet.write(at, place, row[place])
        for place in (3, 4):
            if row[place]:
                sheet.write(at, place, date.fromisoformat(row[place]), day)
    sheet.write(6, 0, "Total")
    sheet.write(6, 1, 2)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_ods() -> bytes:
    book = OpenDocumentSpreadsheet()
    table = Table(name="PTL")
    for row in [["RM3 list"], [""], HEADER, *ROWS, [""], ["Total", "2"]]:
        line = TableRow()
        for cell in row:
            box = TableCell(valuetype="string")
            for part in (cell or "").split("\n"):
                box.addElement(P(text=part))
            line.addElement(box)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    stream = io.BytesIO()
    book.write(stream)
    return stream.getvalue()


def as_parquet() -> bytes:
    frame = pd.DataFrame([*ROWS, [None] * 6, ["Total", "2", *[None] * 4]], columns=HEADER)
    return frame.to_parquet()


def zipped(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("folder/list.csv", data)
        packed.writestr("__MACOSX/._list.csv", b"x")
    return stream.getvalue()


FILES = {
    "comma.csv": lambda: as_text(",", "utf-8"),
    "bom.csv": lambda: as_text(",", "utf-8-sig"),
    "windows.csv": lambda: as_text(",", "cp1252"),
    "tab.tsv": lambda: as_text("\t", "utf-8"),
    "utf16.txt": lambda: as_text("\t", "utf-16"),
    "utf16le.csv": lambda: as_text(",", "utf-16-le"),
    "utf16be.csv": lambda: as_text(";", "utf-16-be"),
    "pipe.psv": lambda: as_text("|", "cp1252"),
    "list.xlsx": as_xlsx,
    "list.xls": as_xls,
    "text.xls": lambda: as_text("\t", "cp1252"),
    "list.ods": as_ods,
    "list.parquet": as_parquet,
    "list.csv.gz": lambda: gzip.compress(as_text(",", "utf-8")),
    "list.zip": lambda: zipped(as_text("|", "utf-16")),
}


@pytest.mark.parametrize("name", FILES)
def test_one_list_in_every_format(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    extract = read_extract(path, organisation="RM3")
    assert extract.text.columns.tolist() == [
        "nhs_number",
        "local_patient_identifier",
        "birth_date",
        "rtt_start_date",
        "comments",
        "full_name",
    ]
    found = extract.text.astype(object).where(extract.text.notna(), None)
    order = ["nhs_number", "local_patient_identifier", "full_name", "birth_date"]
    assert found[[*order, "rtt_start_date", "comments"]].to_numpy().tolist() == ROWS
    assert extract.source_row.tolist() == [1, 2]
    assert (extract.records, extract.set_aside) == (4, 2)
    assert all(isinstance(kind, pd.CategoricalDtype) for kind in extract.text.dtypes)
    assert len(extract.digest) == 64


def test_the_sheet_that_looks_like_a_list_is_read_and_named(tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(as_xlsx())
    extract = read_extract(path, organisation="RM3")
    assert extract.source_sheet == "PTL"
    assert "'PTL'" in extract.findings.set_index("reason").loc["sheet_chosen", "message"]


def test_another_sheet_that_looks_like_a_list_is_named(tmp_path):
    book = openpyxl.Workbook()
    for title, size in (("Admitted", 2), ("Non-admitted", 3)):
        sheet = book.create_sheet(title)
        sheet.append(HEADER)
        for at in range(size):
            sheet.append([9990000018 + at, f"A{at}", "SMITH, Ann", "1962-02-03", None, None])
    path = tmp_path / "two.xlsx"
    book.save(path)
    extract = read_extract(path, organisation="RM3")
    assert extract.source_sheet == "Non-admitted"
    assert "'Admitted'" in extract.findings.set_index("reason").loc["sheet_chosen", "message"]


def lost_digits(extract: Extract) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Entries with values read, and the findings of lost digits."""
    found = normalise(extract.text, organisation="RM3", census_date=date(2026, 11, 15))
    return found.entries, found.findings[found.findings["reason"] == "digits_lost"]


def test_identifiers_in_scientific_notation_are_not_used_and_kept_as_they_are(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "NHS No,UBRN,Site code\n9990000018,1.23457E+11,5E100\n9990000026,123456789012,5E101\n"
    )
    entries, lost = lost_digits(read_extract(path, organisation="RM3"))
    assert lost[["row", "field"]].to_numpy().tolist() == [[0, "unique_booking_reference_number"]]
    assert entries["unique_booking_reference_number"].isna().tolist() == [True, False]
    assert entries["unique_booking_reference_number_source"][0] == "1.23457E+11"
    assert entries["site_code"].tolist() == ["5E100", "5E101"]


def test_a_column_of_which_all_digits_are_lost_is_still_said_to_be_it():
    frame = pd.DataFrame({"NHS No": ["9.99E+09", "9.98E+09"], "Hosp No": ["1E5", "1E6"]})
    extract = Extract.from_frame(frame, organisation="RM3")
    entries, lost = lost_digits(extract)
    assert lost["field"].tolist() == ["nhs_number", "nhs_number"]
    assert entries["local_patient_identifier"].tolist() == ["1E5", "1E6"]


def test_twenty_digits_as_a_number_are_lost_in_a_workbook(tmp_path):
    frame = pd.DataFrame({"NHS No": [9990000018], "Pathway ID": [1.2345678901234567e19]})
    path = tmp_path / "a.xlsx"
    frame.to_excel(path, index=False)
    entries, lost = lost_digits(read_extract(path, organisation="RM3"))
    assert entries["patient_pathway_identifier"].isna().all()
    assert lost["field"].tolist() == ["patient_pathway_identifier"]


def test_a_frame_is_read_as_a_file_is():
    frame = pd.DataFrame(
        {
            "NHS No": [9990000018, 9990000026],
            "DOB": [date(1962, 2, 3), None],
            "RTT Start": pd.to_datetime(["2026-03-01", None]),
            "Wks Wait": [36.5, None],
            "TFC": pd.Categorical(["110", None]),
        },
        index=[7, 7],
    )
    text = Extract.from_frame(frame, organisation="rm3").text
    found = text.astype(object).where(text.notna(), None).to_dict("list")
    assert found == {
        "nhs_number": ["9990000018", "9990000026"],
        "birth_date": ["1962-02-03", None],
        "treatment_function_code": ["110", None],
        "rtt_start_date": ["2026-03-01", None],
        "stated_wait": ["36.5", None],
    }


def test_equal_frames_have_one_digest_and_others_another():
    frame = pd.DataFrame({"NHS No": ["9990000018"], "Surname": ["Smith"]})
    first = Extract.from_frame(frame, organisation="RM3").digest
    assert Extract.from_frame(frame.copy(), organisation="RM3").digest == first
    other = frame.assign(Surname=["Smyth"])
    assert Extract.from_frame(other, organisation="RM3").digest != first


def test_a_few_windows_bytes_in_utf8_are_read_as_such():
    data = "José,Zoë,Siân,".encode() + "Renée".encode("cp1252")
    assert to_utf8("x.csv", data) == ("José,Zoë,Siân,Renée".encode(), "utf-8 with cp1252 bytes")


@pytest.mark.parametrize("encoding", ["cp850", "cp1250", "mac_roman"])
def test_code_pages_are_told_by_the_words_they_make(encoding):
    western = ["Siân", "Müller", "Renée", "François"]
    names = {"cp1250": ["Wójcik", "Łukasz", "Paweł", "Wiśniewski"]}.get(encoding, western)
    text = "NHS No,Surname\n" + "".join(f"{at},{name}\n" for at, name in enumerate(names))
    assert to_utf8("x.csv", text.encode(encoding)) == (text.encode(), encoding)
    assert to_utf8("x.csv", text.encode(encoding), encoding)[0] == text.encode()


@pytest.mark.parametrize("name", ["O’Neill", "Siân", "Zoë’s", "Anne–Marie", "Müller", "£20"])
def test_windows_text_stays_so(name):
    data = f"NHS No,Surname\n1,{name}\n2,{name}\n3,{name}\n".encode("cp1252")
    assert to_utf8("x.csv", data)[1] == "cp1252"


def test_a_guessed_encoding_is_a_finding_unless_it_is_set(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("Hosp No,Surname\nA1,Siân\nA2,Zoë\nA3,García\n".encode("cp850"))
    extract = read_extract(path, organisation="RM3")
    assert extract.text["family_name"].tolist() == ["Siân", "Zoë", "García"]
    [finding] = extract.findings.itertuples()
    assert finding.reason == "encoding_guessed"
    assert "cp850" in finding.message
    options = ExtractPlan(path="*", encoding="cp850")
    assert read_extract(path, organisation="RM3", options=options).findings.empty


@given(st.text(st.characters(codec="cp1252", exclude_categories=("Cc",)), min_size=20))
def test_windows_text_is_read_back(text):
    plain = "NHS number and surname " + text
    found, encoding = to_utf8("x.csv", plain.encode("cp1252"))
    if encoding in {"cp1252", "utf-8"} and plain.isascii():
        assert found.decode() == plain
    if encoding == "cp1252":
        assert found.decode() == plain


@given(st.lists(st.none() | st.text(max_size=5)))
def test_encoding_a_column_keeps_every_text(texts):
    wanted = [(text or "").strip() or None for text in texts]
    found = encode(texts).to_pylist()
    assert [each if each is None else each.strip() for each in found] == wanted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (pd.NaT, None),
        (float("nan"), None),
        (True, "true"),
        (9990000018.0, "9990000018"),
        (0.5, "0.5"),
        (12, "12"),
        (date(2026, 11, 15), "2026-11-15"),
        (datetime.fromisoformat("2026-11-15"), "2026-11-15"),
        (datetime.fromisoformat("2026-11-15 08:30"), "2026-11-15 08:30:00"),
        (b"Si\xc3\xa2n", "Siân"),
    ],
)
def test_a_cell_of_any_kind_as_text(value, text):
    assert cell_text(value) == text
