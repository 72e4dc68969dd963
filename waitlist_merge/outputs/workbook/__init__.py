"""The same tables for people who work in a spreadsheet: ``combined_list.xlsx``.

>>> WORKBOOK
'combined_list.xlsx'
"""

from __future__ import annotations

from waitlist_merge.outputs.workbook.book import (
    FILLED_IN as FILLED_IN,
    MOST_ENTRIES as MOST_ENTRIES,
    READ_ALONE as READ_ALONE,
    WORKBOOK as WORKBOOK,
    write_workbook as write_workbook,
)
