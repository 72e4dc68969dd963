"""The sheet *About*, the last: what the workbook is for, how to answer, what it was made of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from waitlist_merge.outputs.workbook.lines import Line
from waitlist_merge.review.answers import Answer

ABOUT = "About"

_WHAT = (
    "The waiting lists of several organisations, put together for one team to work from.",
    "It is decision support. It removes nobody from any list and changes no list.",
    "A proposed duplicate is a proposal: nobody leaves a list without a clinical decision and",
    "their agreement. Each organisation's own clock start stays what it reports.",
    "It holds patients' data: keep and send it only as your organisations have agreed.",
)

_VIEW = (
    "This is what the staff of {} may hold: their own entries, and of other organisations' only",
    "where, for what, since when and the numbers to ring about, for patients whom both have.",
    "Where it is asked whether two entries are one person, the other one is not shown: trace your",
    "own patient, and ring the other organisation with the question's id.",
)

_HOW = (
    "On the sheet Questions, choose an answer in the green cell; at the right end of the row,",
    "fill in your name, your organisation, your role and the date. Your own words go in the note.",
    "Leave question ids and all other cells as they are; sorting and filters do no harm.",
    "What is not answered is never taken for yes; it is asked again.",
)


def about_lines(manifest: Mapping[str, Any]) -> list[Line]:
    """What this workbook is and is not, and how it is worked with."""
    versions = manifest.get("versions", {})
    return [
        ("What this is",),
        *((line, "") for line in _WHAT),
        *((line.format(manifest["view"]), "") for line in _VIEW if "view" in manifest),
        ("How to answer",),
        *((line, "") for line in _HOW),
        *((f"   {answer.value}", answer.meaning) for answer in Answer),
        ("How to send it back",),
        ("Add your initials to its name, save it, and send it to whoever sent it to you.", ""),
        ("What the colours say; a word in the same cell says it too",),
        ("   red", "suspected cancer, over 78 weeks, a question to answer first, may harm"),
        ("   orange", "P1-P2, over 52 weeks, ring now, to correct"),
        ("   yellow", "passes a threshold in 4 weeks, ring later, the entries differ"),
        ("   dark", "check death first, do not ring"),
        ("   green", "to be filled in"),
        ("What it was made of",),
        ("   run's date", date.fromisoformat(manifest["run_date"])),
        *(
            (f"   list of {each['organisation'] or each['file']}", _census(each))
            for each in manifest.get("inputs", ())
        ),
        *((f"   {name}", str(version)) for name, version in versions.items()),
        ("   plan", str(manifest.get("plan_digest", ""))),
        *((f"   {note}", "") for note in manifest.get("notes", ())),
    ]


def _census(each: Mapping[str, Any]) -> str:
    day = date.fromisoformat(each["census_date"])
    return f"{day:%d %b %Y}, from the {each['census_source']}"
