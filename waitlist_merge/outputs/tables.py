"""All output tables into one folder, and back.

>>> import tempfile
>>> out = Path(tempfile.mkdtemp()) / "merged"
>>> tables = {name: pd.DataFrame() for name in TABLES}
>>> tables["patient_links"] = pd.DataFrame({"entry_id_a": ["E-1"], "weight": [7.5]})
>>> write_tables(out, tables, manifest={}, formats="csv")
>>> read_tables(out)["patient_links"][["entry_id_a", "weight"]].values.tolist()
[['E-1', 7.5]]
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, get_args

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from waitlist_merge.errors import OutputError
from waitlist_merge.outputs.columns import (
    Parted,
    arrow_schema,
    batches,
    coded_schema,
    columns_of,
    has_range,
    says_again,
    to_frame,
)
from waitlist_merge.outputs.description import schema_json
from waitlist_merge.outputs.folder import MANIFEST, PROGRAM, SCHEMA, is_ours, replacing
from waitlist_merge.outputs.spreadsheet import CsvWriter, read_csv
from waitlist_merge.outputs.workbook import WORKBOOK, write_workbook
from waitlist_merge.schema import SCHEMA_VERSION, TABLES, Column, Kind

Formats = Literal["csv", "parquet", "both"]

Manifest: TypeAlias = Mapping[str, object] | Callable[[], Mapping[str, object]]

_AT_ONCE = 2
"""Tables that are written at a time: each takes a core, and some 50 MB for its batches."""

_ATTEMPTS = 5
"""How often a reader begins anew because a run replaced the folder meanwhile."""


def write_tables(
    out: str | Path,
    tables: Mapping[str, pd.DataFrame],
    *,
    manifest: Manifest,
    parted: Mapping[str, Parted] = MappingProxyType({}),
    formats: Formats = "both",
    workbook: bool = False,
    also: Mapping[str, Callable[[Path], None]] = MappingProxyType({}),
) -> None:
    """Write all tables to ``out``, which is the old or the new whole at every instant.

    ``tables`` has a frame for each name in ``schema.TABLES``; a column that it lacks is written as
    all missing. Those of ``parted`` are written part by part instead. ``workbook`` adds
    ``combined_list.xlsx``, ``also`` further files by name, each written by its function. The
    manifest is written last, with the names of the files and the seconds that they took; one that
    is a function is made while tables are written. ValueError for another format, or where a table
    is missing or unknown; OutputError, with the previous output as it was, where the folder cannot
    be written or is not ours to replace.
    """
    if formats not in get_args(Formats):
        raise ValueError(f"tables is {formats!r}; write csv, parquet or both")
    if {*tables, *parted} != set(TABLES):
        wrong = ", ".join(sorted({*tables, *parted} ^ set(TABLES)))
        raise ValueError(f"these tables are missing or unknown: {wrong}")
    columns = {
        name: TABLES[name] if name in parted else columns_of(name, tables[name]) for name in TABLES
    }
    told: dict[str, pd.DataFrame | Parted] = {**parted, **_largest_first(tables)}
    with replacing(out) as folder:
        start = time.perf_counter()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            telling = pool.submit(lambda: manifest() if callable(manifest) else manifest)
            writing = [
                pool.submit(_write_table, folder / name, table, columns[name], formats=formats)
                for name, table in told.items()
            ]
            for each in writing:
                each.result()
            told_of = telling.result()
        if workbook:
            write_workbook(folder / WORKBOOK, tables, manifest=told_of)
        for name, write in also.items():
            write(folder / name)
        (folder / SCHEMA).write_text(schema_json(columns), encoding="utf-8")
        seconds = {"seconds": _with_writing(told_of, time.perf_counter() - start)}
        ours = {"program": PROGRAM, "schema_version": SCHEMA_VERSION}
        files = sorted([MANIFEST, *(path.name for path in folder.iterdir())])
        whole = ours | dict(told_of) | seconds | {"files": files}
        text = json.dumps(whole, indent=2, ensure_ascii=False)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _largest_first(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """So that no long one is left to a single core at the end."""
    return dict(sorted(tables.items(), key=lambda named: -named[1].size))


def _with_writing(manifest: Mapping[str, object], taken: float) -> dict[str, object]:
    """The seconds of each stage that the manifest tells of, and of writing the files."""
    told = manifest.get("seconds")
    stages = dict(told) if isinstance(told, Mapping) else {}
    return stages | {"write": round(taken, 3)}


def _write_table(
    stem: Path, table: pd.DataFrame | Parted, columns: tuple[Column, ...], *, formats: Formats
) -> None:
    """One pass over the rows; the two formats are written at the same time."""
    whole = isinstance(table, pd.DataFrame)
    parts = iter([table]) if isinstance(table, pd.DataFrame) else table.parts()
    first = next(parts)
    schema = coded_schema(first, columns) if whole else arrow_schema(columns)
    with ExitStack() as stack:
        writers: list[CsvWriter | pq.ParquetWriter] = []
        if formats != "csv":
            path = stem.with_suffix(".parquet")
            writers.append(stack.enter_context(_parquet(path, first, columns, schema)))
        if formats != "parquet":
            writers.append(stack.enter_context(CsvWriter(stem.with_suffix(".csv"), columns)))
        pool = stack.enter_context(ThreadPoolExecutor(len(writers)))
        for part in chain([first], parts):
            for batch in batches(part, columns, schema=schema):
                list(pool.map(lambda writer, batch=batch: writer.write_batch(batch), writers))


def _parquet(
    path: Path, frame: pd.DataFrame, columns: tuple[Column, ...], schema: pa.Schema
) -> pq.ParquetWriter:
    """Only text that is said again and again is worth a dictionary, which is slow to look up.

    How a batch codes it is not told to who reads the file: there it is text as any other. Least and
    greatest values are of dates and numbers alone: they tell nothing of an id or a code.
    """
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_dictionary=[column.name for column in columns if says_again(frame, column)],
        write_statistics=[column.name for column in columns if has_range(frame, column)],
        store_schema=False,
    )


def read_tables(out: str | Path) -> dict[str, pd.DataFrame]:
    """The tables in an output folder: Parquet where it is there, else CSV; the same from both.

    Text is ``string[pyarrow]``, dates ``datetime64[s]``, flags ``boolean``, integers ``Int32`` and
    numbers ``float64``. All tables are of one run, even if another replaces the folder meanwhile.
    OutputError where the folder was not written by this program or a table is not there.
    """
    folder = Path(out)
    for _ in range(_ATTEMPTS):
        if not is_ours(folder):
            raise OutputError(f"{folder}: is no output of this program; name the folder of a merge")
        run = (folder / MANIFEST).read_bytes()
        try:
            tables = _read(folder)
            if (folder / MANIFEST).read_bytes() == run:
                return tables
        except FileNotFoundError:
            continue
    raise OutputError(f"{folder}: a table is missing or is replaced all the time; merge again")


def read_manifest(out: str | Path) -> dict[str, Any]:
    """The manifest of an output folder; OutputError where this program did not write it."""
    folder = Path(out)
    if not is_ours(folder):
        raise OutputError(f"{folder}: is no output of this program; name the folder of a merge")
    told: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    return told


def _read(folder: Path) -> dict[str, pd.DataFrame]:
    described = json.loads((folder / SCHEMA).read_bytes())["tables"]
    columns = {
        name: tuple(
            Column(each["name"], Kind(each["kind"]), each["meaning"]) for each in table["columns"]
        )
        for name, table in described.items()
    }
    return {name: to_frame(_table(folder / name, each)) for name, each in columns.items()}


def _table(stem: Path, columns: tuple[Column, ...]) -> pa.Table:
    path = stem.with_suffix(".parquet")
    return pq.read_table(path) if path.exists() else read_csv(stem.with_suffix(".csv"), columns)
