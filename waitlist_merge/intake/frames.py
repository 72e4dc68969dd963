"""Parquet files and data frames as grids.

Their columns have names and kinds already; every value becomes text as a workbook's cells do, so
that one list reads alike in every format.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from waitlist_merge.errors import RefusedExtract
from waitlist_merge.intake.cells import from_arrow_column, from_frame_column
from waitlist_merge.intake.grid import Grid, make_grid, refuse_width

__all__ = ["grid_of_frame", "read_parquet"]


def read_parquet(source: str, data: bytes) -> Grid:
    """The grid of a Parquet file; RefusedExtract where it is damaged or its columns are nested."""
    try:
        table = parquet.read_table(pa.BufferReader(data))
    except (pa.ArrowException, OSError):
        raise RefusedExtract(source, "its Parquet is damaged", "send the file again") from None
    nested = [each.name for each in table.schema if pa.types.is_nested(each.type)]
    if nested:
        problem = f"column {nested[0]} holds lists or structures"
        raise RefusedExtract(source, problem, "send one value in each cell")
    refuse_width(source, table.num_columns)
    columns = [from_arrow_column(column) for column in table.columns]
    return make_grid(source, columns, table.column_names, formats={"kind": "parquet"}, header_row=0)


def grid_of_frame(source: str, frame: pd.DataFrame) -> Grid:
    """The grid of a data frame: its column names are the headings, its index is not used."""
    refuse_width(source, frame.shape[1])
    columns = [from_frame_column(frame.iloc[:, at]) for at in range(frame.shape[1])]
    headings = [str(name) for name in frame.columns]
    return make_grid(source, columns, headings, header_row=0, formats={"kind": "frame"})
