"""A file as it is -> canonical text: formats, preamble rows, headings."""

from waitlist_merge.intake.check import check_report as check_report, check_table as check_table
from waitlist_merge.intake.extract import Extract as Extract, read_extract as read_extract
from waitlist_merge.intake.mapping import HeadingMatch as HeadingMatch

__all__ = ["Extract", "HeadingMatch", "check_report", "check_table", "read_extract"]
