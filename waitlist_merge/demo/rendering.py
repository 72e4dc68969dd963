"""How does an organisation show a field in its extract? Codes as words, dates in its own order.

A shape is a list of headings (``reference/demo_shapes.csv``); each names the field it shows and, in
its last column, one of the ways of this module.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

import numpy as np
import pandas as pd

from waitlist_merge.demo import lists
from waitlist_merge.demo.columns import Text
from waitlist_merge.demo.draw import Days
from waitlist_merge.reference import load

DateShape = Callable[[date], str]


def rendered(entries: pd.DataFrame, shape: str, dates: DateShape | None) -> pd.DataFrame:
    """The extract as text under its own headings, "" where missing.

    With ``dates`` None, date columns stay dates: for formats that have them.
    """
    listed = load("demo_shapes")
    columns: dict[str, object] = {}
    for each in listed[listed["shape"] == shape].itertuples(index=False):
        if each.shown == "date":
            days = entries[each.field].to_numpy()
            columns[str(each.heading)] = days if dates is None else date_text(days, dates)
        else:
            columns[str(each.heading)] = WAYS[str(each.shown)](entries, str(each.field))
    return pd.DataFrame(columns, index=entries.index)


def headings_shown_as(shape: str, *ways: str) -> frozenset[str]:
    """Headings of the shape that are shown in one of these ways."""
    listed = load("demo_shapes")
    chosen = (listed["shape"] == shape) & listed["shown"].isin(ways)
    return frozenset(listed.loc[chosen, "heading"])


def text_of(entries: pd.DataFrame, field: str) -> Text:
    """The field as text, "" where missing; shaped by category, so a column costs its codes."""
    return _by_category(entries[field], lambda text: text)


def date_text(days: Days, shape: DateShape) -> Text:
    """Dates in words, each different date once; "" where there is none.

    >>> date_text(np.array(["2026-11-15", "NaT"], dtype="datetime64[D]"), str).tolist()
    ['2026-11-15', '']
    """
    known, at = np.unique(days.astype("datetime64[D]"), return_inverse=True)
    shown = ["" if day is None else shape(day) for day in known.tolist()]
    return np.array(shown, dtype=object)[at]


def short_date(day: date) -> str:
    """d-Mon-yy, as spreadsheets print it.

    >>> short_date(date(1962, 3, 7))
    '7-Mar-62'
    """
    return f"{day.day}-{day:%b-%y}"


def long_date(day: date) -> str:
    """Day, month in full, year.

    >>> long_date(date(1962, 3, 7))
    '7 March 1962'
    """
    return f"{day.day} {day:%B %Y}"


def _by_category(column: pd.Series, shape: Callable[[pd.Series], pd.Series]) -> Text:
    known = pd.Series(column.cat.categories, dtype=object)
    shown = shape(known.astype(str)) if len(known) else known
    return np.append(shown.to_numpy(dtype=object), "")[column.cat.codes.to_numpy()]


def _words(table: Mapping[str, str]) -> Callable[[pd.DataFrame, str], Text]:
    """Codes shown as words; a code that is not in the table is shown as it is."""

    def show(entries: pd.DataFrame, field: str) -> Text:
        return _by_category(entries[field], lambda text: text.map(table).fillna(text))

    return show


def _shaped(shape: Callable[[pd.Series], pd.Series]) -> Callable[[pd.DataFrame, str], Text]:
    return lambda entries, field: _by_category(entries[field], shape)


def _forenames(entries: pd.DataFrame, field: str) -> Text:
    """Given and middle name in one column."""
    return _joined(text_of(entries, field), " ", text_of(entries, "middle_name"))


def _full_name(entries: pd.DataFrame, _: str) -> Text:
    """SURNAME, Forename Middle (Title)."""
    family = _shaped(lambda text: text.str.upper())(entries, "family_name")
    title = _shaped(lambda text: "(" + text + ")")(entries, "title")
    return _joined(family + ", " + _forenames(entries, "given_name"), " ", title)


def _joined(left: Text, between: str, right: Text) -> Text:
    return np.asarray(np.where(right != "", left + between + right, left), dtype=object)


def _days(entries: pd.DataFrame, field: str) -> Text:
    """Days waited at the census, as the organisation states them."""
    waited = (entries["census_date"] - entries[field]).dt.days
    return np.where(waited.notna(), waited.astype("Int64").astype(str), "").astype(object)


def _weeks(entries: pd.DataFrame, field: str) -> Text:
    """Whole weeks waited at the census."""
    waited = (entries["census_date"] - entries[field]).dt.days // 7
    return np.where(waited.notna(), waited.astype("Int64").astype(str), "").astype(object)


def _yes_no(entries: pd.DataFrame, field: str) -> Text:
    flag = entries[field]
    shown = np.where(flag.fillna(False).to_numpy(dtype=bool), "Y", "N")
    return np.where(flag.isna(), "", shown).astype(object)


def _function_words(entries: pd.DataFrame, field: str) -> Text:
    """Treatment functions as code and name: 110 - Trauma and Orthopaedic."""
    frame = lists.services().frame
    worded = frame["tfc"] + " - " + frame["name"]
    return _words(dict(zip(frame["tfc"], worded, strict=True)))(entries, field)


WAYS: Mapping[str, Callable[[pd.DataFrame, str], Text]] = MappingProxyType(
    {
        "text": text_of,
        "number": text_of,
        "upper": _shaped(lambda text: text.str.upper()),
        "letter": _words({"1": "M", "2": "F"}),
        "word": _words(
            {"1": "Male", "2": "Female", "left": "Left", "right": "Right", "bilateral": "Bilateral"}
        ),
        "side_letter": _words({"left": "L", "right": "R", "bilateral": "B"}),
        "priority_word": _words({"1": "Routine", "2": "Urgent", "3": "2WW"}),
        "tfc_words": _function_words,
        "spaced": _shaped(
            lambda text: text.where(
                text.str.len() != 10, text.str[:3] + " " + text.str[3:6] + " " + text.str[6:]
            )
        ),
        "no_space": _shaped(lambda text: text.str.replace(" ", "")),
        "dotted": _shaped(
            lambda text: text.where(text.str.len() < 4, text.str[:3] + "." + text.str[3:])
        ),
        "first_line": _shaped(lambda text: text.str.split(", ").str[0]),
        "town": _shaped(lambda text: text.str.partition(", ")[2]),
        "forenames": _forenames,
        "full_name": _full_name,
        "days": _days,
        "weeks": _weeks,
        "yes_no": _yes_no,
    }
)
"""Ways to show a field, by their names in ``demo_shapes.csv``."""
