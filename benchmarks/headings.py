"""How well are headings recognised that the recogniser was not written for?

A third of the systems in the collection of headings was set aside before the recogniser was begun:
those whose name's SHA-256 leaves 1 on division by 3. Each becomes an extract with its own headings
over values of a made-up region in a date format of its own. Prints, for each system, the columns
that could be mapped, how many were, and every one that is wrong.

    python benchmarks/headings.py HEADING_VARIANTS.csv [--all]
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from waitlist_merge.demo.region import generate_region
from waitlist_merge.errors import RefusedExtract
from waitlist_merge.intake import Extract
from waitlist_merge.reasons import Fault
from waitlist_merge.reference import load
from waitlist_merge.schema import CANONICAL, OLD_NAMES

ROWS = 400
REPORTED = [Fault.DUPLICATE_COLUMN, Fault.UNMAPPED_COLUMN, Fault.AMBIGUOUS_COLUMN]
DATE_FORMATS = ("%d/%m/%Y", "%Y-%m-%d", "%d-%b-%Y", "%Y%m%d", "%d/%m/%Y %H:%M")
EAL = {
    "EAL_ENTRY_SK": "waiting_list_entry_id",
    "DECIDED_TO_ADMIT_DT_TM": "decision_to_admit_date",
    "ORIG_DECIDED_TO_ADMIT_DT_TM": "decision_to_admit_date",
    "EAL_TYPE_NHS": "admission_method",
    "INTENDED_MANAGEMENT_NHS": "intended_management",
    "INTNDD_TREATMENT_SITE_NACS": "site_code",
    "PRIORITY_TYPE_NHS": "priority",
    "WL_ENTRY_LAST_REVIEW_DT_TM": "last_validated_date",
    "REASON_FOR_REMOVAL_REF": "removal_reason",
    "RTT_STATUS_NHS": "rtt_status",
    "ATTEND_DOC_PRSNL": "consultant_code",
    "TREATMENT_FUNCTION_REF": "treatment_function_code",
    "GUARANTEED_ADMISSION_DT_TM": "breach_date",
    "SUSPENDED_DAYS": "target_wait",
    "MIGRATED_IND": "suspended_flag",
    "ENCNTR_ACTIVE_IND": "ubrn_flag",
}
"""A second set that nobody looked at while the recogniser was mended after the first measurement:
columns of a PAS vendor's elective admission list (domain 1.5), with what each holds."""

BOTH_RIGHT = {
    "clinical_priority": {"priority_code", "diagnostic_priority"},
    "given_name": {"given_name", "middle_name"},
}
"""Where either of two fields is right: a clinical priority by its scale, a second forename."""


def held_out(system: str) -> bool:
    return int(hashlib.sha256(system.encode()).hexdigest(), 16) % 3 == 1


def unused_values(entries: pd.DataFrame, rng: np.random.Generator) -> dict[str, object]:
    """Values for columns that real systems have and this library does not use."""
    size = len(entries)
    days = pd.Series(rng.integers(0, 300, size)).map(
        lambda day: f"{pd.Timestamp('2026-11-15') + pd.Timedelta(days=int(day)):%d/%m/%Y}"
    )
    number = pd.Series(rng.integers(10**6, 10**7, size)).astype(str)
    return {
        "age": pd.Series(rng.integers(1, 95, size)).astype(str),
        "anaesthetic_asa": pd.Series(rng.integers(1, 5, size)).astype(str),
        "breach_date": days,
        "clinic_code": "CL" + number.str[:4],
        "commissioner_code": rng.choice(["QHL", "QUA", "15E"], size),
        "date_of_birth_part": pd.Series(rng.integers(1, 29, size)).astype(str),
        "diagnosis": rng.choice(["Cataract", "Osteoarthritis of hip", "Hernia"], size),
        "encounter_id": number,
        "gp_code": "G" + number,
        "gp_practice_name": rng.choice(["The Surgery", "High Street Practice"], size),
        "preferred_name": entries["given_name"],
        "previous_nhs_number": entries["nhs_number"].iloc[::-1].reset_index(drop=True),
        "superseded_nhs_number": entries["nhs_number"].where(rng.random(size) < 0.01),
        "provider_name": "University Hospitals",
        "record_id": pd.Series(range(1, size + 1)).astype(str),
        "site_name": rng.choice(["Northern General", "City Hospital"], size),
        "suspended_flag": rng.choice(["Y", "N"], size),
        "target_wait": "18",
        "ubrn_flag": rng.choice(["Y", "N"], size),
        "waiting_list_code": rng.choice(["HIP", "KNEE", "CAT"], size),
        "consultant_name": rng.choice(["Mr A Surgeon", "Miss B Doctor"], size),
    }


def text_of(column: pd.Series, date_format: str) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(column):
        return column.dt.strftime(date_format)
    return column.astype(object)


def used_values(entries: pd.DataFrame, rng: np.random.Generator) -> dict[str, object]:
    """Values of the canonical fields, those filled in that the region leaves empty."""
    size = len(entries)
    names = load("treatment_functions").set_index("code")["name"]
    code = entries["treatment_function_code"].astype(object)
    start = entries["rtt_start_date"]
    waited = (pd.Timestamp("2026-11-15") - start).dt.days
    title = entries["title"].astype(object).fillna("Mr")
    filled = {
        "main_specialty_code": code,
        "specialty_name": code.map(names).fillna("General Surgery"),
        "sub_specialty": rng.choice(["Lower limb", "Hand", "Retina"], size),
        "comments": rng.choice(["Prefers mornings", "Needs transport", "Letter sent"], size),
        "days_waiting": waited.astype("Int64").astype(str),
        "weeks_waiting": (waited / 7).round(1).astype(str),
        "full_name": entries["family_name"].astype(object).str.upper()
        + ", "
        + entries["given_name"].astype(object)
        + " ("
        + title
        + ")",
        "clinical_priority": entries["priority_code"],
        "priority": entries["priority_type"],
        "removal_reason": rng.choice(["", "1", "4"], size, p=[0.9, 0.05, 0.05]),
    }
    return {name: entries[name] for name in CANONICAL} | filled


def extract_of(rows: pd.DataFrame, entries: pd.DataFrame, place: int) -> pd.DataFrame:
    """One system's headings over the region's values."""
    rng = np.random.Generator(np.random.PCG64(place))
    values = used_values(entries, rng) | unused_values(entries, rng)
    date_format = DATE_FORMATS[place % len(DATE_FORMATS)]
    columns = {}
    for row in rows.itertuples(index=False):
        own = row.canonical if row.canonical in values else OLD_NAMES.get(row.canonical, "")
        if own:
            columns[row.variant] = text_of(pd.Series(values[own]), date_format)
    if not any(name in rows["canonical"].to_numpy() for name in ("nhs_number", "local_patient_id")):
        columns["NHS Number"] = entries["nhs_number"].astype(object)
    return pd.DataFrame(columns)


SAYS_MORE = {
    ("referral_date", "original"): "original_referral_date",
    ("specialty_name", "main"): "main_specialty_code",
    ("specialty_name", "sub"): "sub_specialty",
}
"""The collection has one old name where the canonical fields are two: a heading that says which of
them it is, is right to be read so."""


def expected(canonical: str, heading: str) -> set[str]:
    name = OLD_NAMES.get(canonical, canonical)
    for (lumped, word), field in SAYS_MORE.items():
        if canonical == lumped and word in heading.casefold():
            return {field, name}
    if canonical == "consultant_name":
        return {"consultant_code", ""}
    if name not in CANONICAL and name != "full_name":
        return {""}
    return BOTH_RIGHT.get(canonical, BOTH_RIGHT.get(name, {name}))


def judge(system: str, rows: pd.DataFrame, entries: pd.DataFrame, place: int) -> dict[str, object]:
    frame = extract_of(rows, entries, place)
    try:
        extract = Extract.from_frame(frame, organisation="RKB", name=system)
    except RefusedExtract as problem:
        print(f"  refused: {problem}")
        return {"system": system, "mappable": 0, "right": 0, "wrong": 0, "silent": 0}
    said = {match.heading: match.field or "" for match in extract.mapping}
    columns = extract.findings["reason"].isin(REPORTED)
    reported = " ".join(extract.findings.loc[columns, ["field", "message"]].to_numpy().ravel())
    taken = set(said.values())
    counts = {"mappable": 0, "right": 0, "wrong": 0, "silent": 0}
    for row in rows.drop_duplicates("variant").itertuples(index=False):
        if row.variant not in said:
            continue
        want, got = expected(row.canonical, row.variant), said[row.variant]
        second = not got and bool(want & taken)
        right = got in want or (second and "" not in want)
        counts["mappable"] += "" not in want
        counts["right"] += "" not in want and right
        wrong = bool(got) and got not in want
        counts["wrong"] += wrong
        silent = wrong and repr(row.variant) not in reported and row.variant not in reported
        counts["silent"] += silent
        if wrong or not right:
            note = "WRONG" + ("" if silent else ", with a finding") if wrong else "unmapped"
            print(f"  {note}: {row.variant!r} is {row.canonical}, read as {got or 'nothing'}")
    return {"system": system} | counts


def main() -> None:
    table = pd.read_csv(Path(sys.argv[1]), dtype=str, keep_default_na=False)
    if "--all" not in sys.argv:
        table = table[table["system"].map(held_out)]
    eal = pd.DataFrame({"canonical": EAL.values(), "variant": EAL.keys(), "system": "EAL extract"})
    table = pd.concat([table, eal])
    region = generate_region(entries=4_000, seed=11).entries
    entries = region[region["organisation"] == "RKB"].head(ROWS).reset_index(drop=True)
    results = []
    for place, (system, rows) in enumerate(table.groupby("system")):
        print(system)
        results.append(judge(str(system), rows, entries, place))
    found = pd.DataFrame(results)
    print(found.to_string(index=False))
    total = found[["mappable", "right", "wrong", "silent"]].sum()
    print(
        f"all: {total['right']} of {total['mappable']} right "
        f"({total['right'] / total['mappable']:.1%}), {total['wrong']} wrong, "
        f"{total['silent']} of them without a finding"
    )


if __name__ == "__main__":
    main()
