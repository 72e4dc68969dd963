"""What do the entries say that tells one need from another, as plain arrays of codes and days?

One pass over the distinct values of each column; after it no text is looked at again. Codes are
int32 with -1 for missing, days are int32 with ``NO_DAY`` for missing, flags are boolean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from waitlist_merge.normalise.organisations import successors
from waitlist_merge.pathways.columns import (
    NO_DAY,
    Bools,
    Codes,
    Days,
    among,
    categories,
    codes,
    days,
    flag,
    is_in,
    known,
    matches,
    numbered,
    renumbered,
    vocabulary,
)
from waitlist_merge.pathways.identifiers import Identifiers
from waitlist_merge.pathways.services import Procedures, Services, procedures, services
from waitlist_merge.pathways.state import STOP_STATUSES, TRANSFERRED_OUT
from waitlist_merge.reasons import ListState, Stage

SIDES = {"left": 1, "right": 2, "bilateral": 3}
ROUTINE, URGENT, TWO_WEEK_WAIT = "1", "2", "3"
CONSULTANT_REFERRAL = "05"
"""Source of referral: a consultant other than in the emergency department (domain 2)."""

NOBODY = re.compile(r"^[A-Z]9{5,7}[0-9]{0,2}$")
"""Referrer codes for "not known" and "not applicable" (G9999998, X9999998 ...): no person."""

PENDING = re.compile(
    r"\b(?:REQUEST\w*|OFFER\w*|PENDING|AWAIT\w*|PROPOSED|IN PROGRESS|NOT ACCEPTED|IDENTIFIED)\b",
    re.IGNORECASE,
)
ACCEPTED = re.compile(r"(?<!NOT )\b(?:ACCEPTED|COMPLETED?|TRANSFERRED|TAKEN)\b", re.IGNORECASE)
SECOND_OPINION = re.compile(r"\b(?:2nd|second)\s+opinion\b", re.IGNORECASE)
SUBCONTRACTED = re.compile(r"\b(?:SUB-?CONTRACT\w*|OUTSOURC\w*)\b", re.IGNORECASE)


IDENTIFIERS = (
    "patient_pathway_identifier",
    "pathway_identifier_issuer",
    "unique_booking_reference_number",
    "waiting_list_entry_identifier",
    "referral_identifier",
)
"""The columns of identifiers, most of nearly as many values as entries."""

FIELDS = (
    "organisation",
    "treatment_function_code",
    "procedure_code",
    "procedure_text",
    "laterality",
    "referring_organisation",
    "mutual_aid_provider",
    "referrer_code",
    "rtt_status",
    "transfer_status",
    "source_of_referral",
    "comments",
    "waiting_list_type",
    "intended_management",
    "suspected_cancer",
    "priority_type",
    "rtt_start_date",
    "rtt_end_date",
    "removal_date",
    "referral_date",
    "original_referral_date",
    "planned_date",
    "decision_to_admit_date",
    "extract_census_date",
)
"""Every other column that is looked at."""


@dataclass(frozen=True, eq=False, slots=True)
class Features:
    """Everything that a pair of entries is compared on; one element an entry."""

    ids: Identifiers
    service: Services
    procedure: Procedures
    organisation: Codes
    organisations: tuple[str, ...]
    referring: Codes
    accepting: Codes
    referrer: Codes
    side: Codes
    stage: Codes
    list_type: Codes
    admitted: Bools
    active: Bools
    closed: Bools
    planned: Bools
    diagnostic: Bools
    not_rtt: Bools
    stop_status: Bools
    restart: Bools
    sent: Bools
    pending: Bools
    taken: Bools
    consultant_referral: Bools
    second_opinion: Bools
    subcontracted: Bools
    stage_of_series: Bools
    cancer: Bools
    routine: Bools
    start: Days
    stop: Days
    referral: Days
    original: Days
    due: Days
    decision: Days
    census: Days


def features(
    entries: pd.DataFrame,
    ids: Identifiers,
    state: pd.Categorical[str],
    stage: pd.Categorical[str],
) -> Features:
    """The features of these entries, which have the columns ``FIELDS``.

    ``ids`` are their ``identifiers``; ``state`` and ``stage`` are as ``state`` tells them.
    """
    organisation, referring, accepting, names = organisations(entries)
    status = entries["rtt_status"]
    sent = is_in(status, {TRANSFERRED_OUT})
    return Features(
        ids=ids,
        service=services(entries["treatment_function_code"]),
        procedure=procedures(entries["procedure_code"], entries["procedure_text"]),
        organisation=organisation,
        organisations=names,
        referring=referring,
        accepting=accepting,
        referrer=np.where(
            matches(entries["referrer_code"], NOBODY), -1, codes(entries["referrer_code"])
        ),
        side=np.maximum(numbered(entries["laterality"], lambda side: SIDES.get(side, 0)), 0),
        stage=stage.codes.astype(np.int32),
        list_type=codes(entries["waiting_list_type"]),
        admitted=np.asarray(stage == str(Stage.ADMITTED)),
        active=_states(state, ListState.OPEN, ListState.UNCLEAR, ListState.UNBOOKED_REFERRAL),
        closed=_states(state, ListState.CLOSED),
        planned=_states(state, ListState.PLANNED),
        diagnostic=_states(state, ListState.DIAGNOSTIC),
        not_rtt=_states(state, ListState.NOT_RTT),
        stop_status=is_in(status, STOP_STATUSES),
        restart=is_in(status, {"10", "11"}),
        sent=sent,
        pending=matches(entries["transfer_status"], PENDING),
        taken=matches(entries["transfer_status"], ACCEPTED),
        consultant_referral=is_in(entries["source_of_referral"], {CONSULTANT_REFERRAL}),
        second_opinion=matches(entries["comments"], SECOND_OPINION)
        | matches(entries["procedure_text"], SECOND_OPINION),
        subcontracted=matches(entries["waiting_list_type"], SUBCONTRACTED),
        stage_of_series=is_in(entries["intended_management"], {"3", "4"}),
        cancer=suspected_cancer(entries),
        routine=_not_cancer(entries),
        start=days(entries["rtt_start_date"]),
        stop=_stop(entries, sent),
        referral=days(entries["referral_date"]),
        original=days(entries["original_referral_date"]),
        due=days(entries["planned_date"]),
        decision=days(entries["decision_to_admit_date"]),
        census=days(entries["extract_census_date"]),
    )


def acceptance_stands(transfer_status: pd.Series) -> Bools:
    """Does the mutual aid provider that a row names count as the one that accepted?

    The field means it (domain 1.2), so it needs no word beside it, but may be contradicted by one.

    >>> acceptance_stands(pd.Series(["Accepted", "Not accepted", None], dtype="category")).tolist()
    [True, False, True]
    """
    return matches(transfer_status, ACCEPTED) | transfer_status.isna().to_numpy()


def suspected_cancer(entries: pd.DataFrame) -> Bools:
    """Which entries say suspected cancer: the flag, or a two-week wait."""
    return flag(entries["suspected_cancer"]) | is_in(entries["priority_type"], {TWO_WEEK_WAIT})


def _not_cancer(entries: pd.DataFrame) -> Bools:
    """Which entries say that it is not: routine, or a flag that says no and nothing urgent."""
    denied = flag(~entries["suspected_cancer"])
    urgent = is_in(entries["priority_type"], {URGENT, TWO_WEEK_WAIT})
    says = is_in(entries["priority_type"], {ROUTINE}) | (denied & ~urgent)
    return np.asarray(says & ~suspected_cancer(entries))


def _states(state: pd.Categorical[str], *wanted: ListState) -> Bools:
    return among(state, wanted)


def _stop(entries: pd.DataFrame, sent: Bools) -> Days:
    """The day a waiting period ended; a removal after a transfer out ends a place, not a period."""
    stop, removal = days(entries["rtt_end_date"]), days(entries["removal_date"])
    ended = np.where(known(stop), stop, removal)
    return np.where(sent, NO_DAY, ended).astype(np.int32)


def organisations(entries: pd.DataFrame) -> tuple[Codes, Codes, Codes, tuple[str, ...]]:
    """Who holds, who referred and who accepted each entry, in one numbering of organisations."""
    own = entries["organisation"]
    others = [entries["referring_organisation"], entries["mutual_aid_provider"]]
    named = [categories(own), *(successors(categories(column)) for column in others)]
    number = vocabulary(*named)
    held, referring, accepting = (
        renumbered(column, [number.get(each, -1) for each in names])
        for column, names in zip((own, *others), named, strict=True)
    )
    return held, referring, accepting, tuple(number)
