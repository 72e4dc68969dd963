"""In which file does each organisation send its list? Eight shapes, no two alike.

A writer takes the organisation's entries, a folder and the census date of the list; it returns the
file's name and the record that each entry became: records below the header, the first is 1, blank
and set-aside records counted (a line break inside quotes starts none).
"""

from __future__ import annotations

import gzip
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from waitlist_merge.demo.draw import Ints
from waitlist_merge.demo.rendering import headings_shown_as, long_date, rendered, short_date
from waitlist_merge.demo.workbooks import write_workbook

Written = tuple[str, Ints]
Writer = Callable[[pd.DataFrame, Path, date], Written]

PAGE = 400
"""Records between repeated headers in a printed report."""


def _code(entries: pd.DataFrame) -> str:
    return str(entries["organisation"].iloc[0])


def _plain_rows(size: int) -> Ints:
    return np.arange(1, size + 1)


def _csv(frame: pd.DataFrame, *, separator: str = ",", header: bool = True) -> str:
    return str(frame.to_csv(index=False, sep=separator, header=header, lineterminator="\n"))


def pas(entries: pd.DataFrame, folder: Path, census: date) -> Written:
    """A gzipped patient administration export: CCYYMMDD, capitals, names in two columns."""
    name = f"{_code(entries)}_PTL_{census:%Y%m%d}.csv.gz"
    frame = rendered(entries, "pas", _compact)
    text = _csv(frame).encode("utf-8")
    # No time of day in the archive, so that the same region has the same bytes.
    (folder / name).write_bytes(gzip.compress(text, mtime=0))
    return name, _plain_rows(len(entries))


def _compact(day: date) -> str:
    return f"{day:%Y%m%d}"


def pipe(entries: pd.DataFrame, folder: Path, census: date) -> Written:
    """A printed report saved as text: pipes, d-Mon-yy, a header on every page and blank lines."""
    name = f"{_code(entries)}_PTL_{census:%Y%m%d}.txt"
    frame = rendered(entries, "pipe", short_date)
    lines = np.array(_csv(frame, separator="|").splitlines(), dtype=object)
    header, body = lines[0], lines[1:]
    page = np.arange(len(body)) // PAGE
    breaks = np.arange(PAGE, len(body), PAGE)
    paged = np.insert(body, np.repeat(breaks, 2), np.tile(np.array(["", header]), len(breaks)))
    (folder / name).write_text("\n".join([header, *paged]) + "\n", encoding="utf-8", newline="")
    return name, _plain_rows(len(entries)) + 2 * page


def wlmds(entries: pd.DataFrame, folder: Path, _: date) -> Written:
    """The national minimum data set's columns: no names, ISO dates, UTF-8 with BOM."""
    name = f"{_code(entries)} WLMDS open pathways.csv"
    frame = rendered(entries, "wlmds", date.isoformat)
    (folder / name).write_text(_csv(frame), encoding="utf-8-sig", newline="")
    return name, _plain_rows(len(entries))


def ledger(entries: pd.DataFrame, folder: Path, census: date) -> Written:
    """Semicolons and Windows-1252; name and title in one column; a total at the end."""
    name = f"{_code(entries)} waiting list {census:%d-%m-%Y}.csv"
    frame = rendered(entries, "ledger", _slashed)
    text = _csv(frame, separator=";")
    total = f"Total{';' * (frame.shape[1] - 1)}{len(frame)}\n"
    (folder / name).write_bytes((_western(text) + total).encode("cp1252"))
    return name, _plain_rows(len(entries))


def _slashed(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _western(text: str) -> str:
    """Letters that Windows-1252 lacks lose their accents, as the exporting system would have it."""
    foreign = {letter for letter in set(text) if not _encodes(letter)}
    bare = {"ł": "l", "Ł": "L"}
    return text.translate(
        {ord(x): bare.get(x, unicodedata.normalize("NFKD", x)[0]) for x in foreign}
    )


def _encodes(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def tabbed(entries: pd.DataFrame, folder: Path, _: date) -> Written:
    """Tabs and UTF-16, as a spreadsheet saves Unicode text; no postcode."""
    name = f"{_code(entries)}_waiting_list.txt"
    frame = rendered(entries, "tabbed", _dashed)
    (folder / name).write_text(_csv(frame, separator="\t"), encoding="utf-16", newline="")
    return name, _plain_rows(len(entries))


def _dashed(day: date) -> str:
    return f"{day:%d-%m-%Y}"


def independent(entries: pd.DataFrame, folder: Path, census: date) -> Written:
    """An independent provider's list: words for codes, weeks for days, line breaks in comments."""
    name = f"{_code(entries)}_NHS_patients_{census:%Y-%m-%d}.csv"
    frame = rendered(entries, "independent", long_date)
    comments = frame["Comments"].to_numpy(dtype=object)
    noted = np.flatnonzero(comments != "")[::3]
    comments[noted] = comments[noted] + "\nsee letter"
    frame["Comments"] = comments
    (folder / name).write_text(_csv(frame), encoding="utf-8", newline="")
    return name, _plain_rows(len(entries))


def warehouse(entries: pd.DataFrame, folder: Path, _: date) -> Written:
    """A table of a data warehouse: Parquet with typed dates, missing values missing."""
    name = f"{_code(entries)}_ptl.parquet"
    frame = rendered(entries, "warehouse", None)
    columns = {
        heading: pa.array(frame[heading].to_numpy(), type=pa.date32(), from_pandas=True)
        if frame[heading].dtype.kind == "M"
        else pa.array(frame[heading].replace("", None), type=pa.string())
        for heading in frame.columns
    }
    pq.write_table(pa.table(columns), folder / name)
    return name, _plain_rows(len(entries))


def workbook(entries: pd.DataFrame, folder: Path, census: date) -> Written:
    """A workbook: two title lines, true dates, NHS numbers as numbers, a second sheet."""
    name = f"{_code(entries)}_waiting list.xlsx"
    frame = rendered(entries, "workbook", None)
    write_workbook(
        frame,
        folder / name,
        titles=("Elective waiting list: all specialties", f"Census date {census:%d/%m/%Y}"),
        numeric=headings_shown_as("workbook", "number", "days"),
        notes=("Prepared by the performance team", "Excludes community services"),
        made=census,
    )
    return name, _plain_rows(len(entries))


WRITERS: tuple[Writer, ...] = (
    pas,
    pipe,
    wlmds,
    workbook,
    ledger,
    warehouse,
    tabbed,
    independent,
)
"""Writers in the order of organisations; a region of more than eight begins again."""
