"""Who is the same patient in any table? The patient level alone, for notebooks and other uses."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from datetime import date

import pandas as pd

from waitlist_merge.decided import NONE, Decided
from waitlist_merge.errors import InputError
from waitlist_merge.normalise import person_columns
from waitlist_merge.normalise.postcodes import read_postcodes
from waitlist_merge.normalise.reading import as_texts
from waitlist_merge.normalise.typed import Values
from waitlist_merge.patients.match import match_entries
from waitlist_merge.patients.matched import PatientMatch
from waitlist_merge.patients.model import PatientModel
from waitlist_merge.patients.progress import Told, watched
from waitlist_merge.plan import PatientPlan
from waitlist_merge.reasons import Fault
from waitlist_merge.schema import CANONICAL, PERSON_FIELDS

USED = ("organisation", *(name for name in PERSON_FIELDS if name not in {"title", "death_date"}))
"""Columns that say something of who a person is."""


def link_patients(
    records: pd.DataFrame, *, plan: PatientPlan | None = None, progress: bool | Told = False
) -> pd.Series:
    """Which rows of a table are one person? A Series ``patient_id`` on the index of ``records``.

    ``records`` has some of the canonical person columns, raw text or typed: ``nhs_number``,
    ``person_key``, ``organisation`` with ``local_patient_identifier``, names, ``birth_date``,
    ``gender``, ``postcode``, ``address``, ``phone``, ``email``, ``gp_practice_code``. Columns that
    are not used are named in a warning. Only links that the engine would make by itself are made.
    ``progress`` shows a bar on a terminal (see ``match_patients``).

    Raises InputError where no column can be used, ConfigError where ``plan.memory_gb`` is too
    little for the list.

    >>> people = pd.DataFrame({
    ...     "family_name": ["Okafor", "OKAFOR", "Lee"],
    ...     "given_name": ["Chidi", "Chidi", "Ann"],
    ...     "birth_date": ["3 May 1971", "1971-05-03", "1971-05-03"],
    ...     "postcode": ["LS6 2AB", "ls62ab", None],
    ... })
    >>> ids = link_patients(people)
    >>> ids[0] == ids[1] != ids[2]
    True
    """
    match = _matched(records, plan, progress=progress)
    return match.patient_id.set_axis(records.index)


def match_patients(
    records: pd.DataFrame,
    plan: PatientPlan | None = None,
    *,
    superseded: Mapping[str, str] | None = None,
    model: PatientModel | None = None,
    on: date | None = None,
    progress: bool | Told = False,
    decided: Decided = NONE,
) -> PatientMatch:
    """Which rows of a table are one person, and why? Ids, links, questions and the model.

    ``records`` as for ``link_patients``; or typed entries with their ``entry_id``, which are taken
    as they are. ``superseded`` maps old NHS numbers to their successors, ``model`` is that of an
    earlier match. ``on`` is the day at which ages are counted for ``fairness``, by default the
    newest census date of typed entries. ``progress`` shows a bar with an estimate on a terminal, or
    is a function that is told the stage and the share done (0 to 1). ``decided`` is what people
    have said of pairs: it beats weights and vetoes. Rows are named by their position, 0 upwards.

    >>> people = pd.DataFrame({"nhs_number": ["999 000 0018"] * 2, "birth_date": ["3/5/71"] * 2})
    >>> match_patients(people).links[["a", "b", "joins"]].to_numpy().tolist()
    [[0, 1, 'yes']]
    """
    return _matched(
        records, plan, superseded=superseded, model=model, on=on, progress=progress, decided=decided
    )


def _matched(
    records: pd.DataFrame,
    plan: PatientPlan | None,
    *,
    superseded: Mapping[str, str] | None = None,
    model: PatientModel | None = None,
    on: date | None = None,
    progress: bool | Told = False,
    decided: Decided = NONE,
) -> PatientMatch:
    """The work of both: at one depth, so that warnings name the line of whoever called either."""
    typed = isinstance(records, pd.DataFrame) and {"entry_id", *CANONICAL} <= {*records.columns}
    with watched(progress) as work:
        work.begins("columns")
        plan = plan or PatientPlan()
        entries = records if typed else typed_people(records, workers=plan.workers)
        newest = entries["census_date"].max() if "census_date" in entries else None
        return match_entries(
            entries,
            plan,
            superseded=superseded,
            model=model,
            on=on or (newest.date() if pd.notna(newest) else None),
            work=work,
            decided=decided,
        )


def typed_people(records: pd.DataFrame, *, workers: int = 1) -> pd.DataFrame:
    """The person columns of any table, typed; what cannot be used is named in a warning."""
    if not isinstance(records, pd.DataFrame):
        raise InputError("people are linked in a DataFrame; give one, a column for each field")
    used = [name for name in records.columns if name in USED]
    twice = sorted({name for name in used if used.count(name) > 1})
    if twice:
        raise InputError(f"columns are there twice: {', '.join(twice)}; give each once")
    if not used:
        expected = ", ".join(USED[:6])
        raise InputError(
            f"the table has none of the columns that tell who a person is; name some of them "
            f"{expected}, ... (docs/quick-start.md)"
        )
    _warn_of_unused([str(name) for name in records.columns if name not in USED])
    if "local_patient_identifier" in used and "organisation" not in used:
        warnings.warn(
            "local_patient_identifier without organisation: all rows count as one organisation",
            UserWarning,
            stacklevel=_CALLER,
        )
    some = records if len(used) == len(records.columns) else records[used]
    told = person_columns(some, workers=workers)
    typed = _with_foreign_postcodes(told, records)
    return pd.DataFrame(typed, index=pd.RangeIndex(len(records)), copy=False)


_CALLER = 4
"""Frames between a warning and the caller of ``link_patients``."""


def _with_foreign_postcodes(typed: dict[str, Values], records: pd.DataFrame) -> dict[str, Values]:
    """A column of postcodes of which most are not of this country is compared as it stands.

    What stands in for a postcode, as ZZ99 3VZ does, is of no country.
    """
    if "postcode" not in typed:
        return typed
    sent = records["postcode"].notna().to_numpy()
    read = pd.notna(typed["postcode"])
    if read.sum() >= MOSTLY_BRITISH * sent.sum():
        return typed
    text = pd.Categorical(records["postcode"].astype("str").str.strip().str.upper().where(sent))
    stands_in = read_postcodes(as_texts(text.categories)).faults[Fault.PLACEHOLDER]
    text = text.remove_categories(text.categories[stands_in])
    if read.sum() >= MOSTLY_BRITISH * pd.notna(text).sum():
        return typed
    return typed | {"postcode": text}


MOSTLY_BRITISH = 0.5
"""Share of readable postcodes below which a column holds those of another country."""


def _warn_of_unused(names: list[str]) -> None:
    if names:
        warnings.warn(f"columns not used: {', '.join(names)}", UserWarning, stacklevel=_CALLER + 1)
