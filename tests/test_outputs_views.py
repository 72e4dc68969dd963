"""What each organisation's view must not hold: rows, fields and values, in tables and workbooks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

import waitlist_merge as wm
from waitlist_merge.combined.again import AGAIN
from waitlist_merge.demo.region import generate_region
from waitlist_merge.errors import InputError, OutputError
from waitlist_merge.outputs import read_tables
from waitlist_merge.outputs.columns import conform
from waitlist_merge.outputs.views import made_ready, view, write_views
from waitlist_merge.outputs.views.asked import _reasons, _said_here
from waitlist_merge.outputs.views.held import held_by, sensitive_codes
from waitlist_merge.outputs.views.since import spoken_of, work_of
from waitlist_merge.schema import TABLES

CENSUS = "2026-11-15"

MAY = {
    "entry_id", "organisation", "patient_id", "pathway_id", "outcome", "reason",
    "treatment_function_code", "list_state", "stage", "rtt_status", "local_patient_identifier",
    "patient_pathway_identifier", "pathway_identifier_issuer", "unique_booking_reference_number",
    "referral_identifier", "waiting_list_entry_identifier", "extract_census_date",
    "extract_age_days", "census_date", "referral_date", "original_referral_date",
    "rtt_start_date", "rtt_end_date", "list_date", "decision_to_admit_date", "tci_date",
    "next_appointment_date", "last_attended_date", "planned_date", "removal_date",
    "last_validated_date", "death_date",
}  # fmt: skip
"""Organisation, service, stage, dates, status, numbers to ring about: written here once more, so
that nobody adds to the library's own list without being asked why."""

NUMBERS = {
    "shared": "9990000018",
    "mental": "9990000026",
    "unsaid": "9990000034",
    "hidden": "9990000042",
    "alone": "9990000050",
    "group": "9990000069",
    "specialty": "9990000077",
    "asked": "",
}
"""A person for each reason why another organisation may or may not hold an entry.

Of ``asked`` nobody has a number: the two look alike and no more.
"""

SERVICES = {"mental": "710", "unsaid": "", "group": "X03", "specialty": ""}
SPECIALTIES = {"specialty": "711"}
"""Of whom the service is told by the specialty of the doctor alone."""
VISIBLE = {"RM3": {"shared"}, "RW3": {"shared", "mental", "unsaid", "group", "specialty"}}
"""Organisation -> persons whose entry at the other one it may hold in part: at RM3 all of them wait
for general surgery."""


def person(kind: str, organisation: str) -> dict[str, str]:
    """A row in which each text that may not travel names where it is from."""
    mark = f"{organisation}x{kind}".upper()
    at_home = organisation == "RM3"
    place = list(NUMBERS).index(kind)
    return {
        "NHS number": NUMBERS[kind],
        "NHS number status": "01" if NUMBERS[kind] else "03",
        "Surname": f"Bar{'abcdefgh'[place]}nek",
        "Forename": "Ewa",
        "DOB": f"1962-02-0{place + 1}",
        "Hospital number": f"H{mark}",
        "Postcode": f"LS{place + 1} {1 if at_home else 2}UR",
        "Address": f"Flat of {mark}, High Street",
        "Telephone": f"0163296{place}{'001' if at_home else '002'}",
        "Email": f"{mark}@example.org".lower(),
        "GP practice code": f"A8100{place}",
        "Restricted": "Y" if kind == "hidden" and not at_home else "",
        "Treatment function code": "110" if at_home else SERVICES.get(kind, "110"),
        "Main specialty code": "" if at_home else SPECIALTIES.get(kind, ""),
        "Procedure": f"Operation of {mark}",
        "Consultant code": f"C{1000000 + place + 10 * at_home}",
        "Comments": f"Said of {mark}",
        "Priority type": "2",
        "RTT start": "2026-03-02" if at_home else "2026-04-20",
        "RTT status": "20",
        "Patient pathway identifier": f"PP{mark}",
        "PPI issuer": organisation,
    }


def extract(organisation: str) -> wm.Extract:
    kinds = [each for each in NUMBERS if not (each == "alone" and organisation == "RM3")]
    rows = pd.DataFrame([person(kind, organisation) for kind in kinds])
    name = f"secret file of {organisation}.csv"
    return wm.Extract.from_frame(rows, organisation=organisation, name=name)


@pytest.fixture(scope="module")
def merged() -> wm.MergeResult:
    return wm.merge([extract("RM3"), extract("RW3")], census_date=CENSUS)


@pytest.fixture(scope="module")
def folder(merged: wm.MergeResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("views") / "views"
    merged.save_views(out, ["all"])
    return out


def kind_of(entries: pd.DataFrame) -> pd.Series:
    """Which of the persons each entry is of, by the mark in its hospital number."""
    return entries["local_patient_identifier"].astype(str).str[5:].str.lower()


def test_the_persons_of_these_tests_are_what_they_are_called(merged: wm.MergeResult) -> None:
    """Without certain, asked and hidden ones the other tests would say nothing."""
    entries = merged.entries.assign(kind=kind_of(merged.entries))
    by = entries.groupby("kind")["patient_id"].agg(["nunique", "size"])
    one = by.index[(by["nunique"] == 1) & (by["size"] == 2)]
    assert {"shared", "mental", "unsaid", "hidden", "group", "specialty"} <= set(one)
    asked = entries.loc[entries["kind"] == "asked", "entry_id"]
    about = merged.review_queue.loc[merged.review_queue["level"] == "patient", "entry_ids"]
    assert ";".join(sorted(asked)) in set(about)


def test_a_view_has_every_entry_of_its_own_whole(merged: wm.MergeResult, folder: Path) -> None:
    whole = merged.entries
    for organisation in ("RM3", "RW3"):
        seen = read_tables(folder / organisation)["entries"].set_index("entry_id")
        own = whole.loc[whole["organisation"] == organisation].set_index("entry_id")
        assert set(own.index) <= set(seen.index)
        for name in set(own) - {"outcome", "reason"}:
            left, right = own[name].astype(object), seen.loc[own.index, name].astype(object)
            assert left.isna().tolist() == right.isna().tolist(), name
            assert [str(each) for each in left.dropna()] == [str(each) for each in right.dropna()]


def test_of_others_a_view_has_only_patients_it_has_too(folder: Path) -> None:
    for organisation in ("RM3", "RW3"):
        entries = read_tables(folder / organisation)["entries"]
        others = entries.loc[entries["organisation"] != organisation]
        assert set(kind_of(others)) == VISIBLE[organisation]


def test_of_others_a_view_has_only_the_fields_to_ring_about(folder: Path) -> None:
    for organisation in ("RM3", "RW3"):
        entries = read_tables(folder / organisation)["entries"]
        others = entries.loc[entries["organisation"] != organisation]
        assert len(others)
        said = {name for name in others if others[name].notna().any()}
        assert said <= MAY
        assert {"organisation", "treatment_function_code", "rtt_start_date"} <= said
        assert others["local_patient_identifier"].notna().all()


def test_no_file_of_a_view_holds_what_is_anothers(
    folder: Path, everything_in: Callable[[Path], str]
) -> None:
    for organisation, other in (("RM3", "RW3"), ("RW3", "RM3")):
        text = everything_in(folder / organisation)
        for kind in NUMBERS:
            if kind == "alone" and other == "RM3":
                continue
            row = person(kind, other)
            never = [row[name] for name in ("Address", "Telephone", "Email", "Procedure")]
            never += [row["Comments"], row["Consultant code"], row["Postcode"]]
            never += [f"secret file of {other}"]
            if kind not in VISIBLE[organisation]:
                never += [row["Hospital number"], row["Patient pathway identifier"]]
            if kind == "alone":
                never += [row["NHS number"], row["Surname"], row["DOB"]]
            assert [value for value in never if value and value.lower() in text] == []
        own = person("shared", organisation)
        assert own["Comments"].lower() in text
        assert own["Telephone"] in text


def test_ids_of_entries_that_it_may_not_hold_are_in_no_file(
    merged: wm.MergeResult, folder: Path, everything_in: Callable[[Path], str]
) -> None:
    """But those of a question about who is who, which has nothing else of them."""
    entries = merged.entries.assign(kind=kind_of(merged.entries))
    for organisation in ("RM3", "RW3"):
        text = everything_in(folder / organisation)
        others = entries.loc[entries["organisation"] != organisation]
        unseen = others.loc[~others["kind"].isin({*VISIBLE[organisation], "asked"})]
        assert len(unseen)
        ids = [*unseen["entry_id"], *unseen.loc[unseen["kind"] == "alone", "patient_id"]]
        facing = others.loc[others["kind"] == "alone", "entry_id"]
        ids = [each for each in ids if each not in set(facing)]
        assert [each for each in ids if each.lower() in text] == []
        asked = others.loc[others["kind"] == "asked", "entry_id"].item()
        tables = read_tables(folder / organisation)
        holding = {
            (name, column)
            for name, table in tables.items()
            for column in table
            if table[column].astype(str).str.contains(asked, regex=False).any()
        }
        assert holding == {("review_queue", "entry_ids"), ("review_queue", "sides")}


def test_a_question_of_who_is_who_shows_the_least_that_answers_it(
    merged: wm.MergeResult, folder: Path
) -> None:
    entries = merged.entries.assign(kind=kind_of(merged.entries))
    asked = ";".join(sorted(entries.loc[entries["kind"] == "asked", "entry_id"]))
    queue = merged.review_queue.set_index(["level", "entry_ids"])
    for organisation in ("RM3", "RW3"):
        seen = read_tables(folder / organisation)["review_queue"].set_index("entry_ids")
        row = seen.loc[asked]
        assert row["question_id"] == queue.loc[("patient", asked), "question_id"]
        assert row["organisations"] == "RM3;RW3"
        assert "same birth date" in row["why"]
        assert len(row["patient_ids"].split(";")) == 1
        sheet = openpyxl.load_workbook(folder / organisation / "combined_list.xlsx")["Questions"]
        heading, *rows = sheet.iter_rows(values_only=True)
        told = [dict(zip(heading, each, strict=True)) for each in rows]
        [mine] = [each for each in told if each["Question id"] == row["question_id"]]
        assert person("asked", organisation)["Postcode"] in mine["Postcode"]
        other = "RW3" if organisation == "RM3" else "RM3"
        assert person("asked", other)["Postcode"] not in mine["Postcode"]


def test_no_question_tells_of_a_restricted_record_or_a_sensitive_service(
    merged: wm.MergeResult, folder: Path
) -> None:
    entries = merged.entries.assign(kind=kind_of(merged.entries))
    quiet = set(entries.loc[entries["kind"].isin({"hidden", "mental", "unsaid"}), "entry_id"])
    whole = [set(each.split(";")) for each in merged.review_queue["entry_ids"]]
    assert any(len(quiet & each) > 1 for each in whole)
    for organisation in ("RM3", "RW3"):
        tables = read_tables(folder / organisation)
        secret = quiet - set(tables["entries"]["entry_id"])
        assert secret
        assert not any(
            secret & set(each.split(";")) for each in tables["review_queue"]["entry_ids"]
        )


def test_the_manifest_of_a_view_names_its_own_files(folder: Path) -> None:
    manifest = json.loads((folder / "RM3" / "manifest.json").read_text())
    assert manifest["view"] == "RM3"
    assert [each["organisation"] for each in manifest["inputs"]] == ["RM3"]
    assert manifest["counts"]["entries"] < 2 * len(NUMBERS)
    assert not (folder / "manifest.json").exists()
    assert sorted(path.name for path in folder.iterdir()) == ["RM3", "RW3"]


def test_what_a_manifest_will_say_one_day_is_in_no_view_before_it_is_looked_at(
    merged: wm.MergeResult,
) -> None:
    manifest = merged.manifest() | {"refused": ["RW3 sent nothing"], "told": "of RW3"}
    _, told = view(made_ready(merged.tables, manifest), "RM3")
    assert "RW3" not in json.dumps(told)
    assert {"view", "inputs", "counts", "plan", "run_date", "versions"} <= set(told)


def test_every_id_of_a_view_is_that_of_the_whole_list(merged: wm.MergeResult, folder: Path) -> None:
    whole = merged.entries.set_index("entry_id")
    for organisation in ("RM3", "RW3"):
        tables = read_tables(folder / organisation)
        members = tables["members"].set_index("entry_id")
        for name in ("patient_id", "pathway_id"):
            assert members[name].tolist() == whole.loc[members.index, name].tolist()
        assert set(tables["combined_list"]["pathway_id"]) == set(members["pathway_id"])


def test_a_row_of_anothers_need_has_the_patient_by_ones_own_entry(folder: Path) -> None:
    combined = read_tables(folder / "RM3")["combined_list"]
    foreign = combined.loc[~combined["organisations"].str.contains("RM3")]
    assert (foreign["nhs_number"].notna() & foreign["family_name"].notna()).all()


def test_who_is_rung_by_others_is_not_on_its_sheet(folder: Path) -> None:
    for organisation in ("RM3", "RW3"):
        sheet = openpyxl.load_workbook(folder / organisation / "combined_list.xlsx")["Contact"]
        heading, *rows = sheet.iter_rows(values_only=True)
        callers = {row[heading.index("Who rings")] for row in rows}
        assert callers <= {organisation}


# A region of any shape: the rule once more, entry by entry.


@pytest.fixture(scope="module")
def region() -> wm.MergeResult:
    made = generate_region(entries=500, seed=11).entries
    return wm.merge(extracts_of(made), census_date=CENSUS)


@pytest.fixture(scope="module")
def views(region: wm.MergeResult) -> dict[str, dict[str, pd.DataFrame]]:
    whole = made_ready(region.tables, region.manifest())
    return {each: view(whole, each)[0] for each in whole.organisations}


def extracts_of(entries: pd.DataFrame) -> list[wm.Extract]:
    found = []
    for code in sorted(entries["organisation"].astype(str).unique()):
        own = entries[entries["organisation"] == code]
        frame = own.drop(columns=["organisation", "census_date"]).dropna(axis=1, how="all")
        found.append(
            wm.Extract.from_frame(frame.reset_index(drop=True), organisation=code, name=code)
        )
    return found


def certain_person(result: wm.MergeResult) -> dict[str, str]:
    """Entry -> one name for all that certain links join, found by going along them."""
    links = result.patient_links
    sure = links.loc[(links["joins"] == "yes") & (links["confidence"] == "certain")]
    name = {each: each for each in result.entries["entry_id"]}
    changed = True
    while changed:
        changed = False
        for one, other in zip(sure["entry_id_a"], sure["entry_id_b"], strict=True):
            least = min(name[one], name[other])
            changed |= name[one] != least or name[other] != least
            name[one] = name[other] = least
    return name


def expected(result: wm.MergeResult, organisation: str) -> set[str]:
    """Ids of the entries of a view, by the words of the rule."""
    person_of = certain_person(result)
    rows = result.entries.to_dict("records")
    mine = {person_of[row["entry_id"]] for row in rows if row["organisation"] == organisation}
    hidden = {row["patient_id"] for row in rows if row["restricted"] is True}
    named = {"360", "504", "311", "656", "X02", "X03"}
    found = set()
    for row in rows:
        service = str(row["treatment_function_code"]), str(row["main_specialty_code"])
        quiet = any(each in named or "700" <= each <= "730" for each in service)
        known = any(each not in {"nan", "<NA>", "None"} for each in service)
        if row["organisation"] == organisation or (
            person_of[row["entry_id"]] in mine
            and not quiet
            and known
            and row["patient_id"] not in hidden
        ):
            found.add(row["entry_id"])
    return found


def test_views_of_a_region_hold_the_entries_of_the_rule_and_no_field_more(
    region: wm.MergeResult, views: dict[str, dict[str, pd.DataFrame]]
) -> None:
    shared = 0
    for organisation, tables in views.items():
        entries = tables["entries"]
        assert set(entries["entry_id"]) == expected(region, organisation)
        others = (entries["organisation"] != organisation).to_numpy(dtype=bool)
        shared += int(others.sum())
        for name in set(entries) - MAY:
            assert entries.loc[others, name].isna().all(), name
        for name in set(entries.select_dtypes("category")) - {"outcome", "reason"}:
            told = set(entries[name].dropna().astype(str))
            assert set(entries[name].cat.categories.astype(str)) == told, name
    assert shared > 40


def test_names_numbers_and_homes_of_others_are_in_no_table_of_a_view(
    region: wm.MergeResult, views: dict[str, dict[str, pd.DataFrame]]
) -> None:
    fields = ["nhs_number", "phone", "email", "address", "postcode", "comments"]
    looked_for = 0
    for organisation, tables in views.items():
        own = region.entries.loc[region.entries["organisation"] == organisation]
        others = region.entries.loc[region.entries["organisation"] != organisation]
        known = {str(value) for name in fields for value in own[name].dropna()}
        never = {str(value) for name in fields for value in others[name].dropna()} - known
        looked_for += len(never)
        cells = {str(value) for table in tables.values() for value in _texts(table)}
        assert never & cells == set()
        text = "\n".join(sorted(cells))
        sample = sorted(never)[::25]
        assert [value for value in sample if len(value) > 5 and value in text] == []
    assert looked_for > 1_000


def _texts(table: pd.DataFrame) -> set[Any]:
    columns = [name for name in table if table[name].dtype.kind not in "Mbif"]
    return {value for name in columns for value in table[name].dropna()}


def test_every_entry_of_a_view_that_waits_is_on_its_list_and_no_wait_is_shorter(
    views: dict[str, dict[str, pd.DataFrame]],
) -> None:
    for tables in views.values():
        entries = tables["entries"].set_index("entry_id")
        waits = entries["outcome"] != "not_waiting"
        assert set(entries.index[waits]) == set(tables["members"]["entry_id"])
        rows = tables["combined_list"].set_index("pathway_id")
        own = tables["members"].loc[tables["members"]["is_shown"]]
        assert len(own) == len(rows)
        start = rows["rtt_start_date"].reindex(own["pathway_id"]).to_numpy()
        said = own["rtt_start_date"].to_numpy()
        both = ~np.isnat(start) & ~np.isnat(said)
        noted = rows["rtt_start_note"].reindex(own["pathway_id"]).notna().to_numpy()
        assert (noted | (start <= said))[both].all()


def test_views_of_saved_tables_are_those_of_the_run(
    region: wm.MergeResult, views: dict[str, dict[str, pd.DataFrame]], tmp_path: Path
) -> None:
    region.save(tmp_path / "whole", tables="parquet", workbook=False)
    manifest = json.loads((tmp_path / "whole" / "manifest.json").read_text())
    again = made_ready(read_tables(tmp_path / "whole"), manifest)
    organisation = again.organisations[0]
    one, other = views[organisation], view(again, organisation)[0]
    for name in TABLES:
        assert len(one[name]) == len(other[name])
        left = one[name].astype(object).map(str, na_action="ignore")
        right = other[name].astype(object).map(str, na_action="ignore")
        pd.testing.assert_frame_equal(left.fillna(""), right.fillna(""), check_dtype=False)


# Who asks for what.


def test_the_whole_list_is_written_only_where_it_is_named(
    merged: wm.MergeResult, tmp_path: Path
) -> None:
    written = merged.save_views(tmp_path / "one", ["RM3"], tables="csv", workbook=False)
    assert [path.name for path in written] == ["RM3"]
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["RM3"]
    written = merged.save_views(tmp_path / "two", ["coordinator"], tables="csv", workbook=False)
    assert [path.name for path in written] == ["coordinator"]
    whole = read_tables(written[0])
    assert len(whole["entries"]) == len(merged.entries)


def test_an_organisation_that_sent_nothing_has_no_view(
    merged: wm.MergeResult, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="no entry is of RXX; the organisations are RM3, RW3"):
        merged.save_views(tmp_path / "views", ["RM3", "RXX"])
    assert not (tmp_path / "views").exists()
    with pytest.raises(InputError, match="no entry is of RXX"):
        view(made_ready(merged.tables, merged.manifest()), "RXX")


def test_views_do_not_lie_in_the_folder_of_the_whole_list(
    merged: wm.MergeResult, tmp_path: Path
) -> None:
    merged.save(tmp_path / "out", tables="csv", workbook=False)
    with pytest.raises(OutputError, match="holds a whole list; name another folder"):
        merged.save_views(tmp_path / "out", ["RM3"])
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is a file"):
        merged.save_views(tmp_path / "file", ["RM3"])


def test_a_folder_of_somebody_elses_is_not_replaced_and_nothing_else_is_written(
    merged: wm.MergeResult, tmp_path: Path
) -> None:
    (tmp_path / "views" / "RW3").mkdir(parents=True)
    (tmp_path / "views" / "RW3" / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="did not write"):
        write_views(tmp_path / "views", merged.tables, manifest=merged.manifest(), views=["all"])
    assert not (tmp_path / "views" / "RM3").exists()


def test_codes_and_ranges_of_services() -> None:
    assert sensitive_codes(["110"]) == {"110"}
    assert {"700", "715", "730", "X03"} <= sensitive_codes(["700-730"])
    assert "731" not in sensitive_codes(["700-730"])
    assert sensitive_codes([]) == frozenset()


def test_the_plan_says_which_services_are_sensitive(merged: wm.MergeResult) -> None:
    manifest = merged.manifest()
    manifest["plan"] = dict(manifest["plan"]) | {"sensitive_services": ["110"]}
    tables, _ = view(made_ready(merged.tables, manifest), "RM3")
    others = tables["entries"].loc[tables["entries"]["organisation"] != "RM3"]
    assert set(kind_of(others)) == {"mental", "group", "specialty"}


def test_nobody_holds_what_is_withheld_but_its_own() -> None:
    entries = pd.DataFrame({"organisation": pd.Categorical(["RM3", "RW3", "RW3"])})
    held = held_by(
        "RM3",
        entries,
        person=np.zeros(3, dtype=np.int32),
        withheld=np.array([True, True, False]),
    )
    assert held.own.tolist() == [True, False, False]
    assert held.shared.tolist() == [False, False, True]
    assert held.secret.tolist() == [False, True, False]
    assert held.rows.tolist() == [0, 2]


def test_work_names_no_organisation_whose_entry_is_not_held() -> None:
    row = {"organisations": "RM3;RW3", "owner": "RW3", "person": "A. Clerk", "detail": "RW3"}
    rows = [
        row | {"entry_ids": "E-1;E-2", "state": "with RW3", "keeps": "RM3"},
        row | {"entry_ids": "E-1;E-9", "state": "closed at RW3", "keeps": "RW3"},
    ]
    work = conform("work", pd.DataFrame(rows))
    told = work_of("RM3", work, ["E-1", "E-2"])
    assert told["organisations"].tolist() == ["RM3;RW3", "RM3"]
    assert told["entry_ids"].tolist() == ["E-1;E-2", "E-1"]
    assert told["keeps"].fillna("").tolist() == ["RM3", ""]
    assert "RW3" not in "".join(map(str, told.iloc[1]))
    assert told["person"].isna().all()


@pytest.mark.parametrize(
    ("said", "foreign", "whole", "told"),
    [
        ("RM3 same need 9 Nov 2026 (birth date: the same, now differs)", True, True, True),
        ("RM3 same person 9 Nov 2026 (NHS number: the same, now differs)", True, True, True),
        ("RM3 same need 9 Nov 2026", True, False, False),
        ("RM3 same need 9 Nov 2026 (waits for RXL)", True, True, False),
        ("8HK99 same need 9 Nov 2026", True, True, False),
        ("15N same need 9 Nov 2026", True, True, False),
        ("RM3 same need 9 Nov 2026 (waits for 4711)", True, True, False),
        ("RM3 same need 9 Nov 2026 (of more entries than these)", True, True, False),
        ("RXL same need 9 Nov 2026", False, False, True),
    ],
)
def test_what_was_said_is_told_where_all_of_which_it_speaks_is_shown(
    said: str, foreign: bool, whole: bool, told: bool
) -> None:
    codes = np.array(["RM3;RW3"], dtype=object)
    [found] = _said_here(pd.Series([said]), codes, np.array([foreign]), np.array([whole]))
    assert found == (said if told else None)


def test_what_is_asked_once_more_is_not_said_to_be_tied_by_nothing() -> None:
    explained = [f"{AGAIN}: RXL 9 Nov 2026 said same person", "same family name (+10.1)"]
    kept = pd.DataFrame(
        {"level": "patient", "relation": "held_apart", "veto": "decided_apart", "why": explained}
    )
    people = _reasons(kept, np.array([True, True]))
    needs = _reasons(kept.assign(level="pathway", relation="unrelated"), np.array([True, False]))
    assert people.tolist() == [AGAIN, explained[1]]
    assert needs.tolist() == [AGAIN, explained[1]]


def test_ones_own_contact_names_no_entry_that_the_view_does_not_hold() -> None:
    row = {"organisation": "RM3", "entry_ids": "E-1;E-9"}
    contacts = conform("contacts", pd.DataFrame([row, row | {"organisation": "RW3"}]))
    assert spoken_of("RM3", contacts, ["E-1"])["entry_ids"].tolist() == ["E-1"]


def test_who_let_an_entry_go_before_the_patient_was_told_is_told_though_nobody_owns_the_work() -> (
    None
):
    row = {"organisations": "RM3", "fault": "gone before told", "detail": "RW3", "state": "new"}
    row |= {"pathway_ids": "W-1;W-2", "hospital_numbers": "RM3 A1; RW3 B1"}
    work = conform("work", pd.DataFrame([row | {"entry_ids": "E-1;E-2"}]))
    told = conform("work", work_of("RW3", work, []))
    assert told[["fault", "detail"]].iloc[0].tolist() == ["gone before told", "RW3"]
    assert told[["organisations", "entry_ids", "state", "pathway_ids"]].isna().all(axis=None)
    assert told["hospital_numbers"].tolist() == ["RW3 B1"]
    assert work_of("RW3", work, [], ["W-2"])["pathway_ids"].tolist() == ["W-2"]
    whole = work_of("RM3", work, ["E-1", "E-2"])
    assert whole["hospital_numbers"].tolist() == ["RM3 A1; RW3 B1"]
    assert len(work_of("RM3", work, ["E-1"])) == 1
    assert work_of("RX1", work, []).empty
