"""Records of people from anywhere, typed as the patient matcher needs them.

>>> records = pd.DataFrame({"nhs_number": [9990123462.0], "family_name": ["smith (nee jones)"]})
>>> person = normalise_person(records)
>>> person.loc[0, ["nhs_number", "family_name", "previous_family_name"]].tolist()
['9990123462', 'smith', 'jones']
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

import pandas as pd

from waitlist_merge.normalise.assembly import Settings, as_frame, encoded, typed_columns
from waitlist_merge.normalise.births import year_is_no_evidence
from waitlist_merge.normalise.columns import as_category, encode, first_of, regroup
from waitlist_merge.normalise.reading import only_where
from waitlist_merge.normalise.settled import settled_columns
from waitlist_merge.normalise.typed import TypedColumn, Values
from waitlist_merge.schema import PERSON_FIELDS

PERSON_COLUMNS: Final = ("organisation", *PERSON_FIELDS)

_DOUBT: Final = "birth_date_source"


def normalise_person(records: pd.DataFrame, *, census_date: dt.date | None = None) -> pd.DataFrame:
    """The person fields and the organisation of any records, typed, row for row by position.

    Columns may be text, numbers, dates, categories or typed already; ``full_name`` is split; fields
    that are not there are missing; others are not used. Normalising the result again changes
    nothing. ``census_date`` is the day that nobody is born after: today if not given.
    ``birth_date_source`` is added where a two-digit year leaves the century open (see
    ``births.year_is_no_evidence``), and carried on where it is given.
    """
    told = person_columns(records, census_date=census_date)
    absent = as_frame({}, PERSON_COLUMNS, length=len(records))
    columns = {name: told.get(name, absent[name].array) for name in PERSON_COLUMNS} | told
    return pd.DataFrame(columns, index=pd.RangeIndex(len(records)))


def person_columns(
    records: pd.DataFrame, *, census_date: dt.date | None = None, workers: int = 1
) -> dict[str, Values]:
    """The same by name, without the fields that no column tells of.

    Columns that are in normal form already are given back as they are, not copied; ``workers``
    threads find out which are.
    """
    day = dt.date.today() if census_date is None else census_date  # noqa: DTZ011  (a calendar day)
    settled = settled_columns(records, census_date=day, workers=workers)
    open_ = [name for name in (*PERSON_COLUMNS, "full_name") if name not in settled]
    typed = typed_columns(encoded(records, open_), Settings(census_date=day))
    told = settled | {name: typed[name].values for name in PERSON_COLUMNS if name in typed}
    doubt = _open_centuries(records, typed)
    return told if doubt is None else told | {_DOUBT: doubt}


def _open_centuries(
    records: pd.DataFrame, typed: Mapping[str, TypedColumn]
) -> pd.Categorical[str] | None:
    """Source texts of births whose century is open, from this reading or an earlier one."""
    sources = [typed["birth_date"].source] if "birth_date" in typed else []
    sources += [encode(records[_DOUBT])] if _DOUBT in records else []
    open_ = [
        regroup(only_where(year_is_no_evidence(each.texts), each.texts), each.codes)
        for each in sources
    ]
    if not any(each.present().any() for each in open_):
        return None
    return as_category(first_of(*open_))
