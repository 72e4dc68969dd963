"""One organisation's list once it is read.

An ``Extract``: the text of its entries under canonical names, where each stood in the file, and
everything that was noticed on the way. Nothing is interpreted yet; ``normalise`` does that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.intake.arguments import as_day, check_code, check_frame
from waitlist_merge.intake.contents import Contents, Kind, open_contents
from waitlist_merge.intake.delimited import read_delimited
from waitlist_merge.intake.frames import grid_of_frame, read_parquet
from waitlist_merge.intake.grid import Grid
from waitlist_merge.intake.header import clean_heading
from waitlist_merge.intake.mapping import HeadingMatch
from waitlist_merge.intake.settle import WaitUnit, settle
from waitlist_merge.intake.workbooks import read_workbook
from waitlist_merge.normalise import Normalised
from waitlist_merge.plan import ExtractPlan

__all__ = ["Extract", "read_extract"]


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class Extract:
    """One list as it was sent.

    ``text`` has one row per entry and the canonical columns that were found (and ``full_name``
    where names come in one column), as categories of text, missing where blank. ``source_row`` is
    the record each came from (the first below the header is 1); ``records`` counts all records, so
    that ``records == len(text) + set_aside``. ``organisation`` is None where ``text`` says it for
    each row. ``unmapped`` holds unrecognised columns where the configuration asks for them.
    ``values`` and ``digests`` (``identity.row_digests``) are there where whoever read the file has
    typed its values too; ``text`` then has no columns.
    """

    source_file: str
    source_sheet: str
    text: pd.DataFrame
    source_row: np.ndarray
    records: int
    organisation: str | None
    census_date: date | None
    census_source: str
    mapping: tuple[HeadingMatch, ...]
    formats: Mapping[str, object]
    date_orders: Mapping[str, str]
    wait_unit: WaitUnit
    findings: pd.DataFrame
    digest: str
    unmapped: pd.DataFrame = field(default_factory=pd.DataFrame)
    values: Normalised | None = None
    digests: NDArray[np.uint64] | None = None

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        *,
        organisation: str | None = None,
        census_date: date | str | np.datetime64 | None = None,
        name: str = "frame",
        options: ExtractPlan | None = None,
    ) -> Self:
        """The extract that a data frame holds; its column names are read as headings are.

        Values may be text, numbers or dates; the index is not used. ``name`` is what outputs call
        the source. ``census_date`` is a day in any form, ISO text too. RefusedExtract where no
        person can be told from its columns; InputError where what is given is no frame, no date, no
        code of an organisation, or holds lists in its cells.

        >>> frame = pd.DataFrame({"NHS No": ["999 000 0018"], "Date on list": ["3/2/26"]})
        >>> extract = Extract.from_frame(frame, organisation="RM3")
        >>> extract.text.columns.tolist(), extract.source_row.tolist()
        (['nhs_number', 'list_date'], [1])
        """
        check_frame(name, frame)
        code = check_code(name, organisation)
        grid = grid_of_frame(name, frame)
        given = as_day(name, census_date) or (options.census_date if options else None)
        return cls.from_grid(
            name,
            grid,
            digest=_digest(grid),
            organisation=code,
            census=given,
            options=options,
        )

    @classmethod
    def from_grid(
        cls,
        source: str,
        grid: Grid,
        *,
        digest: str,
        organisation: str | None = None,
        census: date | None = None,
        options: ExtractPlan | None = None,
        need_organisation: bool = True,
    ) -> Self:
        """The extract that a grid holds: headings to fields, entries apart from what is none."""
        return cls(
            **settle(
                source,
                grid,
                digest=digest,
                organisation=organisation,
                census=census,
                options=options,
                need_organisation=need_organisation,
            )
        )

    @property
    def set_aside(self) -> int:
        """How many records are not about a person; each is in ``findings``."""
        return self.records - len(self.source_row)

    def __repr__(self) -> str:
        return (
            f"Extract({self.source_file!r}, organisation={self.organisation!r}, "
            f"entries={len(self.text)}, census_date={self.census_date})"
        )


def _digest(grid: Grid) -> str:
    """Hash of the content of a frame, so that the same frame given twice is seen."""
    found = hashlib.sha256("\x1f".join(grid.headings).encode())
    for column in grid.columns:
        found.update("\x1f".join(column.dictionary.to_pylist()).encode("utf-8", "surrogatepass"))
        found.update(np.asarray(column.indices.fill_null(-1), dtype=np.int32).tobytes())
    return found.hexdigest()


def read_extract(
    path: str | Path,
    *,
    organisation: str | None = None,
    options: ExtractPlan | None = None,
    need_organisation: bool = True,
) -> Extract:
    r"""One organisation's list, from a file as it is.

    ``organisation`` is a code such as ``"RM3"``; without it the options say it, or a provider
    column; where nothing does it is refused, unless ``need_organisation`` is false, for a look at
    it that merges nothing. Text (UTF-8, UTF-16, Windows-1252; comma, tab, pipe, semicolon), Excel,
    OpenDocument and Parquet are read, also packed with gzip or zip. RefusedExtract where the file
    is no list; ConfigError where the options do not fit it.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "RM3 PTL 20261115.csv"
    ...     _ = path.write_text("NHS No,Surname,DOB\n999 000 0018,Smith,3/2/1962\nTotal,1,\n")
    ...     extract = read_extract(path, organisation="RM3")
    >>> extract.records, len(extract.text), extract.census_date, extract.census_source
    (2, 1, datetime.date(2026, 11, 15), 'file name')
    """
    contents = open_contents(Path(path))
    grid = _grid(contents, options)
    return Extract.from_grid(
        contents.source,
        grid,
        digest=contents.digest,
        organisation=organisation,
        options=options,
        need_organisation=need_organisation,
    )


def _grid(contents: Contents, options: ExtractPlan | None) -> Grid:
    headings = options.columns if options else ()
    known = frozenset(clean_heading(each).casefold() for each in headings)
    header_row = options.header_row if options else None
    if contents.kind is Kind.PARQUET:
        grid = read_parquet(contents.source, contents.data)
    elif contents.kind is Kind.WORKBOOK:
        grid = read_workbook(
            contents.source,
            contents.data,
            known=known,
            sheet=options.sheet if options else None,
            header_row=header_row,
        )
    else:
        grid = read_delimited(
            contents.source,
            contents.data,
            known=known,
            encoding=options.encoding if options else None,
            delimiter=options.delimiter if options else None,
            header_row=header_row,
        )
    if contents.packed:
        grid = replace(grid, formats={**grid.formats, "packed": contents.packed})
    return grid
