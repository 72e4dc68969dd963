"""A merge with a register: what one run leaves and the next one takes."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import waitlist_merge as wm
from waitlist_merge.outputs import read_tables
from waitlist_merge.outputs.workbook.book import pages_of
from waitlist_merge.recalled import Retrain, mark
from waitlist_merge.relinked import relinked
from waitlist_merge.review.register.tables import METADATA
from waitlist_merge.review.rows import AnswerRow

TIED = pd.read_csv(Path(__file__).parent / "cases" / "four_people.csv", dtype=str)
PEOPLE = TIED.drop(columns=["PPID", "PPID issuer"])
FIRST, SECOND, THIRD = dt.date(2026, 11, 1), dt.date(2026, 11, 8), dt.date(2026, 11, 15)


def sent(day: dt.date, **lists: pd.DataFrame) -> list[wm.Extract]:
    return [
        wm.Extract.from_frame(rows, organisation=code, census_date=day)
        for code, rows in lists.items()
    ]


def merged(register: wm.Register, day: dt.date, **lists: pd.DataFrame) -> wm.MergeResult:
    both = {"RM3": PEOPLE, "RW3": PEOPLE.iloc[:8]} | lists
    return wm.merge(sent(day, **both), register=register)


def same_tables(one: wm.MergeResult, other: wm.MergeResult) -> None:
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table.astype(object), other.tables[name].astype(object))


def rows(register: wm.Register) -> dict[str, int]:
    with register._engine.connect() as connection:
        return {
            name: len(connection.execute(table.select()).all())
            for name, table in METADATA.tables.items()
        }


def test_the_same_lists_again_change_no_id_and_add_nothing_but_the_run(register):
    one = merged(register, FIRST)
    held = rows(register)
    other = merged(register, FIRST)
    same_tables(one, other)
    now = rows(register)
    assert {name: now[name] - held[name] for name in now if now[name] != held[name]} == {
        "runs": 1,
        "extracts": 2,
    }


def test_a_week_merged_again_tells_the_same_changes(register):
    merged(register, FIRST)
    one = merged(register, SECOND, RM3=PEOPLE.iloc[:11])
    other = merged(register, SECOND, RM3=PEOPLE.iloc[:11])
    assert [each.manifest()["run"] for each in (one, other)] == [2, 3]
    assert [each.manifest()["told_against"] for each in (one, other)] == [1, 1]
    assert set(one.changes["change"]) == {"unaccounted"}
    same_tables(one, other)


def test_ids_are_keyed_by_the_register_and_kept(register):
    alone = wm.merge(sent(FIRST, RM3=PEOPLE, RW3=PEOPLE.iloc[:8]))
    one = merged(register, FIRST)
    assert set(alone.entries["entry_id"]).isdisjoint(one.entries["entry_id"])
    moved = PEOPLE.assign(**{"RTT start": "09/03/2026"})
    other = merged(register, SECOND, RM3=moved.iloc[::-1])
    ids = ["entry_id", "patient_id", "pathway_id"]
    assert set(map(tuple, one.entries[ids].to_numpy())) == set(
        map(tuple, other.entries[ids].to_numpy())
    )


def test_the_model_is_pinned(register):
    one = merged(register, FIRST)
    other = merged(register, SECOND, RW3=PEOPLE.assign(Surname="Smith").iloc[:8])
    assert other.model.digest == one.model.digest
    assert len(register.runs()["model_digest"].unique()) == 1
    another = wm.PatientModel.published(records=77)
    with pytest.raises(wm.ConfigError, match="--retrain"):
        wm.merge(sent(THIRD, RM3=PEOPLE), register=register, model=another)


def test_a_list_that_is_not_as_expected_stops_the_run_and_leaves_nothing(register):
    merged(register, FIRST)
    held = rows(register)
    with pytest.raises(wm.InputError, match="--allow-fewer RM3"):
        merged(register, SECOND, RM3=PEOPLE.iloc[:6])
    assert rows(register) == held
    wm.merge(
        sent(SECOND, RM3=PEOPLE.iloc[:6]),
        register=register,
        allowed=wm.Allowed(fewer=("RM3",), absent=("RW3",)),
    )
    assert register.runs()["accepted"].tolist() == ["[]", '["absent RW3", "fewer RM3"]']


def test_a_view_of_nobody_stops_the_run_and_leaves_nothing(register):
    held = rows(register)
    with pytest.raises(wm.InputError, match="no entry is of RXX; the organisations are RM3, RW3;"):
        wm.merge(sent(FIRST, **LISTS), register=register, views=["all", "coordinator", "RXX"])
    assert rows(register) == held
    wm.merge(sent(FIRST, **LISTS), register=register, views=["all", "coordinator", "RW3"])
    assert rows(register) != held


def test_a_run_that_fails_leaves_nothing(register, monkeypatch):
    merged(register, FIRST)
    held = rows(register)
    monkeypatch.setattr("waitlist_merge.remember.week.end", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        merged(register, SECOND)
    assert rows(register) == held


def test_the_key_of_the_plan_may_not_change(register):
    merged(register, FIRST)
    lists = sent(SECOND, RM3=PEOPLE, RW3=PEOPLE.iloc[:8])
    with pytest.raises(wm.ConfigError, match="another hmac_key"):
        wm.merge(lists, register=register, plan=wm.MergePlan(hmac_key="another secret"))


def test_what_people_decided_holds_in_the_next_run(register):
    one = merged(register, FIRST).entries
    of_okafor = one.loc[one["family_name"] == "Okafor", ["organisation", "entry_id", "patient_id"]]
    assert len(set(of_okafor["patient_id"])) == 1
    shown = tuple(sorted(of_okafor.drop_duplicates("organisation")["entry_id"]))
    apart = AnswerRow(
        "A-1", "Q-1", "patient", shown, (0, 1), "different people", organisation="RM3", run=1
    )
    register.add_answers([apart])
    again = merged(register, FIRST)
    held = again.entries.set_index("entry_id")["patient_id"]
    assert held[shown[0]] != held[shown[1]]
    assert "decided" in set(again.changes["change"])
    assert register.runs()["answers_seen"].tolist() == [0, 1]


def test_a_run_without_a_register_has_no_number():
    alone = wm.merge(sent(FIRST, RM3=PEOPLE))
    assert alone.run is None
    assert alone.manifest()["run"] == alone.manifest()["told_against"] == 0
    assert alone.manifest()["plan"]["key"] == "fixed public"


def test_the_manifest_names_the_key_and_never_shows_it(register):
    shown = str(merged(register, FIRST).manifest())
    assert "from the register" in shown
    assert register.key() not in shown


def test_a_run_knows_what_was_at_fault_before(register):
    wrong = PEOPLE.assign(**{"NHS number": ["9990000010", *PEOPLE["NHS number"][1:]]})
    assert merged(register, FIRST, RM3=wrong).left.findings_before is None
    before = merged(register, SECOND).left
    assert before.base.run == 1
    assert "nhs_number" in set(before.findings_before["field"])


@pytest.fixture
def pinned(register):
    """A register whose model takes nobody for anybody else."""
    shy = wm.PatientModel.published(records=1_000)
    shy = replace(shy, prior=shy.prior - 60)
    wm.merge(sent(FIRST, RM3=PEOPLE, RW3=PEOPLE.iloc[:8]), register=register, model=shy)
    return register


LISTS = {"RM3": PEOPLE, "RW3": PEOPLE.iloc[:8]}


def test_retraining_lists_every_link_and_records_nothing(pinned, tmp_path):
    held = rows(pinned)
    tried = wm.merge(sent(SECOND, **LISTS), register=pinned, retrain=Retrain())
    assert tried.run is None
    assert rows(pinned) == held
    assert set(tried.relinked["change"]) == {"made"}
    assert (tried.relinked["weight_after"] > tried.relinked["weight_before"]).all()
    links = tried.patient_links
    joined = links[links["joins"] == "yes"]
    assert set(map(frozenset, joined[["entry_id_a", "entry_id_b"]].to_numpy())) >= set(
        map(frozenset, tried.relinked[["entry_id_a", "entry_id_b"]].to_numpy())
    )
    tried.save(tmp_path / "out", workbook=False)
    assert len((tmp_path / "out" / "retrain.csv").read_text().splitlines()) == 1 + len(
        tried.relinked
    )
    assert f"--accept-model {mark(tried.model, tried.plan.patients)[:12]}" in tried.retrained()


def test_a_model_is_taken_only_by_the_digest_that_was_listed(pinned):
    tried = wm.merge(sent(SECOND, **LISTS), register=pinned, retrain=Retrain())
    listed = mark(tried.model, tried.plan.patients)[:12]
    with pytest.raises(wm.ConfigError, match="list its links first") as refused:
        wm.merge(sent(SECOND, **LISTS), register=pinned, retrain=Retrain("0" * 12))
    assert listed not in str(refused.value), "nobody takes what was not listed"
    taken = wm.merge(sent(SECOND, **LISTS), register=pinned, retrain=Retrain(listed.upper()))
    assert taken.run == 2
    assert pinned.model().digest == tried.model.digest
    assert f"model {listed.upper()}" in pinned.runs()["accepted"].iloc[1]
    assert "register's from this run on" in taken.retrained()
    assert "model_changed" in set(taken.changes["change"])


STRICT = wm.MergePlan(patients=wm.PatientPlan(match_weight=90.0))


def test_other_thresholds_are_listed_before_they_are_taken(register):
    """The same weights join others by them: no week begins with ids that split in silence."""
    first = wm.merge(sent(FIRST, **LISTS), register=register)
    assert register.thresholds() == first.plan.patients.thresholds
    with pytest.raises(wm.ConfigError, match=r"match_weight 6, .* match_weight 90; .*--retrain"):
        wm.merge(sent(SECOND, **LISTS), register=register, plan=STRICT)
    assert register.run(1).run == 1
    assert len(register.runs()) == 1
    tried = wm.merge(sent(SECOND, **LISTS), register=register, plan=STRICT, retrain=Retrain())
    assert set(tried.relinked["change"]) == {"broken"}
    joined = first.patient_links.loc[first.patient_links["joins"] == "yes"]
    still = tried.patient_links.loc[tried.patient_links["joins"] == "yes"]
    ends = ["entry_id_a", "entry_id_b"]
    pairs = [set(map(frozenset, each[ends].to_numpy())) for each in (joined, still)]
    assert set(map(frozenset, tried.relinked[ends].to_numpy())) == pairs[0] - pairs[1]
    listed = mark(tried.model, STRICT.patients)
    with pytest.raises(wm.ConfigError, match="another model than"):
        wm.merge(sent(SECOND, **LISTS), register=register, retrain=Retrain(listed))
    taken = wm.merge(sent(SECOND, **LISTS), register=register, plan=STRICT, retrain=Retrain(listed))
    assert "model_changed" in set(taken.changes["change"])
    assert register.thresholds() == STRICT.patients.thresholds
    with pytest.raises(wm.ConfigError, match=r"match_weight 90, .* match_weight 6;"):
        wm.merge(sent(SECOND, **LISTS), register=register)
    again = wm.merge(sent(THIRD, **LISTS), register=register, plan=STRICT)
    assert "model_changed" not in set(again.changes["change"])


@pytest.mark.parametrize("other", [{"possible_weight": -2.5}, {"margin": 6.0000001}])
def test_every_threshold_is_kept_and_the_line_tells_it_in_full(register, other):
    first = wm.merge(sent(FIRST, **LISTS), register=register)
    [(name, value)] = other.items()
    plan = wm.MergePlan(patients=wm.PatientPlan(**other))
    was = f"{first.plan.patients.thresholds[name]:g}"
    told = f"made with {name} {was}, and the settings say {name} {value}; put"
    with pytest.raises(wm.ConfigError, match=re.escape(told)):
        wm.merge(sent(SECOND, **LISTS), register=register, plan=plan)


def test_other_thresholds_are_tried_on_the_weights_that_the_register_has(register):
    """A sample tells a threshold for the weights by which it was drawn, not for others."""
    first = wm.merge(sent(FIRST, **LISTS), register=register)
    second = {"register": register, "plan": STRICT}
    lists = sent(SECOND, RM3=PEOPLE, RW3=PEOPLE.iloc[:7])
    with pytest.raises(wm.ConfigError, match="--retrain --keep-weights"):
        wm.merge(lists, **second)
    anew = wm.merge(lists, **second, retrain=Retrain())
    tried = wm.merge(lists, **second, retrain=Retrain(keep_weights=True))
    assert tried.run is None
    assert tried.model.digest == first.model.digest != anew.model.digest
    assert set(tried.relinked["change"]) == {"broken"}
    assert (tried.relinked["weight_before"] < STRICT.patients.match_weight).all()
    listed = mark(tried.model, STRICT.patients)[:12]
    assert f"--accept-model {listed}" in tried.retrained()
    taken = wm.merge(lists, **second, retrain=Retrain(listed))
    assert taken.run == 2
    assert register.model().digest == first.model.digest
    assert register.thresholds() == STRICT.patients.thresholds
    assert "model_changed" in set(taken.changes["change"])
    ends = ["change", "entry_id_a", "entry_id_b"]
    assert taken.relinked[ends].equals(tried.relinked[ends])


def test_a_model_of_a_file_is_not_taken_for_the_one_to_be_fitted(register):
    first = wm.merge(sent(FIRST, **LISTS), register=register)
    for retrain in (Retrain(), Retrain(keep_weights=True), Retrain("0" * 12)):
        with pytest.raises(wm.ConfigError, match=r"^--model: does not go with --retrain"):
            wm.merge(sent(SECOND, **LISTS), register=register, model=first.model, retrain=retrain)


@pytest.mark.parametrize("plan", [wm.MergePlan(), STRICT])
def test_a_register_that_does_not_know_its_thresholds_takes_those_of_the_plan(
    register, monkeypatch, plan
):
    """As one of an earlier version: other settings than those of its last run are told."""
    with monkeypatch.context() as older:
        older.setattr(wm.PatientPlan, "thresholds", {})
        wm.merge(sent(FIRST, **LISTS), register=register)
    assert register.thresholds() == {}
    run = wm.merge(sent(SECOND, **LISTS), register=register, plan=plan)
    assert ("model_changed" in set(run.changes["change"])) == (plan is STRICT)
    assert register.thresholds() == plan.patients.thresholds


@pytest.mark.parametrize("keep_weights", [True, False])
def test_what_thresholds_break_is_listed_though_nobody_wrote_down_the_old_ones(
    register, monkeypatch, keep_weights
):
    """The list compares with the patients as they were recorded."""
    with monkeypatch.context() as older:
        older.setattr(wm.PatientPlan, "thresholds", {})
        wm.merge(sent(FIRST, **LISTS), register=register)
    retrain = Retrain(keep_weights=keep_weights)
    tried = wm.merge(sent(SECOND, **LISTS), register=register, plan=STRICT, retrain=retrain)
    assert set(tried.relinked["change"]) == {"broken"}
    assert set(tried.relinked["explanation"]) == {"One patient in the run before"}


@pytest.mark.parametrize("plan", [wm.MergePlan(), STRICT])
def test_entries_that_are_new_are_no_links_that_a_model_makes(register, monkeypatch, plan):
    """Whether the old thresholds are known, because the settings are the same, or not."""
    with monkeypatch.context() as older:
        older.setattr(wm.PatientPlan, "thresholds", {})
        wm.merge(sent(FIRST, RM3=PEOPLE, RW3=PEOPLE.iloc[:2]), register=register)
    keeping = Retrain(keep_weights=True)
    more = sent(SECOND, RM3=PEOPLE, RW3=PEOPLE.iloc[:4])
    tried = wm.merge(more, register=register, plan=plan, retrain=keeping)
    found = tried.relinked["change"].value_counts()
    assert found.get("made", 0) == 0
    assert (found.get("broken", 0) == 0) == (plan is not STRICT)


def test_links_that_the_new_model_breaks_are_those_that_the_old_one_would_make(pinned):
    tried = wm.merge(sent(SECOND, **LISTS), register=pinned, retrain=Retrain())
    old = wm.merge(sent(SECOND, **LISTS), register=pinned)
    made = relinked(old.people, tried.people, tried.entries)
    broken = relinked(tried.people, old.people, tried.entries)
    assert set(made["change"]) == {"made"}
    assert set(broken["change"]) == {"broken"}
    ids = ["entry_id_a", "entry_id_b"]
    assert made[ids].equals(broken[ids])
    assert made["weight_after"].equals(broken["weight_before"])


def test_there_is_nothing_to_retrain_without_a_run(register):
    for where in (register, None):
        with pytest.raises(wm.ConfigError, match="--retrain: needs"):
            wm.merge(sent(FIRST, **LISTS), register=where, retrain=Retrain())


def test_a_model_that_this_version_cannot_read_is_fitted_anew(pinned, monkeypatch):
    def unreadable(_self):
        raise wm.InputError("register.db: is damaged at prior; save the model again")

    monkeypatch.setattr(wm.Register, "model", unreadable)
    for retrain in (None, Retrain(keep_weights=True)):
        with pytest.raises(wm.InputError, match=r"fit it anew with --retrain$"):
            wm.merge(sent(SECOND, **LISTS), register=pinned, retrain=retrain)
    with pytest.raises(wm.InputError, match=r"fit it anew with --retrain$"):
        wm.merge(sent(SECOND, **LISTS), register=pinned)
    tried = wm.merge(sent(SECOND, **LISTS), register=pinned, retrain=Retrain())
    assert set(tried.relinked["change"]) == {"made"}
    assert tried.relinked["weight_before"].isna().all()


@pytest.mark.parametrize("remembers", [True, False])
def test_an_organisation_that_the_plan_expects_must_send_its_list(register, remembers):
    where = register if remembers else None
    plan = wm.MergePlan(expected_organisations=["ra1"])
    with pytest.raises(wm.InputError, match="--allow-absent RA1"):
        wm.merge(sent(FIRST, RM3=PEOPLE), register=where, plan=plan)
    allowed = wm.Allowed(absent=("RA1",))
    assert len(
        wm.merge(sent(FIRST, RM3=PEOPLE), register=where, plan=plan, allowed=allowed).entries
    )


def test_a_list_without_an_organisation_says_what_it_lacks(register, tmp_path):
    alone = PEOPLE.assign(Surname="Nobody", **{"NHS number": None}).iloc[8:10]
    both = {"RM3": TIED, "RW3": pd.concat([TIED.iloc[:8], alone])}
    first = wm.merge(sent(FIRST, **both), register=register)
    asked = first.review_queue["organisations"].astype(str).str.contains("RW3").sum()
    again = "RW3: no list came.*give its last file again.*--allow-absent RW3"
    with pytest.raises(wm.InputError, match=again):
        wm.merge(sent(SECOND, RM3=TIED), register=register)
    for day in (SECOND, THIRD):
        absent = wm.Allowed(absent=("RW3",))
        run = wm.merge(sent(day, RM3=TIED), register=register, allowed=absent)
        told = run.left.not_refreshed[0]
        assert (told.organisation, told.census_date) == ("RW3", FIRST)
        assert (told.entries, told.alone, told.perhaps, told.questions) == (10, 2, 8, asked)
        assert asked
        assert "10 entries are not refreshed and not on this list, 2 needs of them" in str(told)
        assert "needs of them nobody else lists and 8 perhaps nobody, " in str(told)
        assert run.manifest()["notes"] == [f"NOT REFRESHED: {told}"]
        assert str(run.summary()).startswith(f"NOT REFRESHED: {told}")
        assert "WITHOUT the list of RW3" in repr(run)
        proposed = run.not_refreshed["perhaps_listed_by"].fillna("") != ""
        assert set(run.not_refreshed.loc[proposed, "perhaps_listed_by"]) == {"RM3"}
        assert set(run.not_refreshed.loc[proposed, "pathway_id"]) < set(run.entries["pathway_id"])
        rows = run.not_refreshed[~proposed]
        assert set(rows["family_name"]) == {"Nobody"}
        assert not rows["pathway_id"].isin(run.entries["pathway_id"]).any()
        assert set(rows["pathway_id"]) < set(first.entries["pathway_id"])
        assert (
            rows[["organisations", "list_date"]].to_numpy().tolist()
            == [["RW3", pd.Timestamp(FIRST)]] * 2
        )
        assert rows["days_waiting"].tolist() == [(day - dt.date(2026, 3, 2)).days] * 2
        assert sorted(rows["hospital_numbers"]) == ["RW3 H8", "RW3 H9"]
        assert set(run.changes["change"]) == {"not_refreshed"}
    run.save_views(tmp_path / "views", ["all", "coordinator"], tables="csv", workbook=False)
    assert sorted(path.name for path in (tmp_path / "views").iterdir()) == ["RM3", "coordinator"]
    assert read_tables(tmp_path / "views" / "RM3")["not_refreshed"].empty
    assert len(read_tables(tmp_path / "views" / "coordinator")["not_refreshed"]) == 10
    notes = [
        json.loads((tmp_path / "views" / name / "manifest.json").read_text())["notes"]
        for name in ("RM3", "coordinator")
    ]
    line = f"NOT REFRESHED: RW3 sent no list, its last one is of {FIRST}"
    assert notes == [[line], [f"NOT REFRESHED: {told}"]]
    run.save(tmp_path / "out", tables="csv", workbook=True)
    sheet = openpyxl.load_workbook(tmp_path / "out" / "combined_list.xlsx")["Summary"]
    top = [str(cell.value).strip() for cell in sheet["A"][:8]]
    assert str(told) in top
    sheet = openpyxl.load_workbook(tmp_path / "out" / "combined_list.xlsx")["Not refreshed"]
    shown = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [row[0] for row in shown] == [*range(1, 11)]
    here = [row for row in shown if row[1] == "not refreshed"]
    assert sorted(row[11] for row in here) == ["RW3 H8", "RW3 H9"], "alike but for ids of chance"
    assert [row[10] for row in shown if row[1] == "perhaps listed"] == ["RM3"] * 8
    later = sent(THIRD + dt.timedelta(days=7), **both)
    back = wm.merge(later, register=register)
    assert not back.left.not_refreshed
    assert back.not_refreshed.empty
    assert "Not refreshed" not in {page.name for page in pages_of(back.tables, run_date=THIRD)}
    assert "NOT REFRESHED" not in str(back.summary())


LATER = TIED.assign(**{"RTT start": "20/04/2026"})
LATEST = TIED.assign(**{"RTT start": "25/05/2026"})
NO_RM3 = wm.Allowed(absent=("RM3",))


def of_first_need(run: wm.MergeResult) -> tuple[pd.Series, pd.DataFrame]:
    """The row of the first person's first need, and where its clock start is from."""
    entry = run.entries["local_patient_identifier"] == "H0"
    need = run.entries.loc[entry, "pathway_id"].iloc[0]
    row = run.combined_list.set_index("pathway_id").loc[need]
    whence = run.provenance[(run.provenance["pathway_id"] == need).to_numpy()]
    return row, whence[(whence["field"] == "rtt_start_date").to_numpy()]


def test_no_wait_is_shorter_because_a_list_did_not_come(register, tmp_path):
    lists = {"RM3": TIED, "RW3": LATER.iloc[:8], "RA1": LATEST.iloc[:8]}
    before, _ = of_first_need(wm.merge(sent(FIRST, **lists), register=register))
    assert before["rtt_start_date"] == pd.Timestamp("2026-03-02")
    del lists["RM3"]
    for day in (SECOND, THIRD):
        run = wm.merge(sent(day, **lists), register=register, allowed=NO_RM3)
        row, whence = of_first_need(run)
        assert row["rtt_start_date"] == before["rtt_start_date"]
        assert row["rtt_start_entry_id"] == before["rtt_start_entry_id"]
        assert row["rtt_start_status"] == "not_refreshed"
        assert row["days_waiting"] == (day - dt.date(2026, 3, 2)).days
        assert row["rtt_start_note"] == (
            "RA1 2026-05-25: later than the start taken; "
            "RM3 2026-03-02: start taken, of the run before: no newer list came; "
            "RW3 2026-04-20: later than the start taken"
        )
        told = whence[["rule", "organisation", "value", "other_values"]].to_numpy().tolist()
        others = "RA1 2026-05-25; RW3 2026-04-20"
        assert told == [["not_refreshed", "RM3", "2026-03-02", others]]
        assert set(run.changes["change"]) == {"not_refreshed"}
        run.save_views(tmp_path / "views", "RW3", tables="parquet", workbook=False)
        seen = pd.read_parquet(tmp_path / "views" / "RW3" / "combined_list.parquet")
        assert (seen["rtt_start_status"] == "not_refreshed").all()
    back = wm.merge(sent(THIRD, **lists, RM3=TIED), register=register)
    assert of_first_need(back)[0]["rtt_start_status"] == before["rtt_start_status"]


@pytest.mark.parametrize(
    ("status", "outcome", "step"),
    [
        ("20", "proposed_duplicate", "confirm_who_treats"),
        ("21", "confirmed_duplicate", "correct_start_date"),
    ],
)
def test_what_is_to_be_done_stays_so_because_a_list_did_not_come(register, status, outcome, step):
    lists = {"RM3": TIED.assign(**{"RTT status": status}), "RW3": LATER}
    first = wm.merge(sent(FIRST, **lists), register=register)
    assert (first.entries["outcome"] == outcome).sum() == 12
    assert set(first.combined_list["next_step"]) == {step}
    run = wm.merge(sent(SECOND, RW3=LATER), register=register, allowed=NO_RM3)
    assert set(run.combined_list["rtt_start_status"]) == {"not_refreshed"}
    assert set(run.combined_list["next_step"]) == {step}
    assert set(run.combined_list["next_step_organisations"]) == {"RW3"}


def test_a_start_is_kept_of_an_absent_list_that_was_not_the_earliest(register):
    lists = {"RM3": LATER, "RW3": TIED, "RA1": LATEST}
    wm.merge(sent(FIRST, **lists), register=register)
    later_still = TIED.assign(**{"RTT start": "26/05/2026"})
    corrected = sent(SECOND, RW3=later_still, RA1=LATEST)
    row, _ = of_first_need(wm.merge(corrected, register=register, allowed=NO_RM3))
    assert row["rtt_start_date"] == pd.Timestamp("2026-04-20")
    assert row["rtt_start_status"] == "not_refreshed"


@pytest.mark.parametrize("hides", ["restricted", "service"])
def test_a_view_has_no_kept_start_of_a_withheld_entry(register, tmp_path, hides):
    more = {"Restricted": ["Y"] * 12} if hides == "restricted" else {"Specialty": ["711"] * 12}
    lists = {"RM3": TIED.assign(**more), "RW3": LATER}
    if hides == "service":
        lists["RW3"] = LATER.assign(Specialty="711")
    wm.merge(sent(FIRST, **lists), register=register)
    run = wm.merge(sent(SECOND, RW3=lists["RW3"]), register=register, allowed=NO_RM3)
    assert of_first_need(run)[0]["rtt_start_status"] == "not_refreshed"
    run.save_views(tmp_path / "views", "RW3", tables="parquet", workbook=False)
    seen = pd.read_parquet(tmp_path / "views" / "RW3" / "combined_list.parquet")
    assert not (seen["rtt_start_status"] == "not_refreshed").any()
    assert not seen["rtt_start_note"].fillna("").str.contains("RM3").any()


def test_a_start_is_not_kept_of_an_entry_that_a_person_has_parted(register):
    first = wm.merge(sent(FIRST, RM3=TIED, RW3=LATER), register=register)
    need = of_first_need(first)[0].name
    pair = tuple(first.entries.loc[(first.entries["pathway_id"] == need).to_numpy(), "entry_id"])
    said = AnswerRow("A-1", "Q-1", "pathway", pair, (0, 1), "different needs", reviewer="A. Clerk")
    register.add_answers([said])
    run = wm.merge(sent(SECOND, RW3=LATER), register=register, allowed=NO_RM3)
    assert of_first_need(run)[0]["rtt_start_date"] == pd.Timestamp("2026-04-20")
    kept = run.combined_list["rtt_start_status"] == "not_refreshed"
    assert kept.sum() == len(run.combined_list) - 1


@pytest.mark.parametrize("how", ["review retire", "merge.toml"])
def test_an_organisation_that_has_closed_is_retired_once_and_nobody_of_it_is_lost(register, how):
    merged(register, FIRST)
    only = sent(SECOND, RM3=PEOPLE.iloc[:6])
    with pytest.raises(wm.InputError, match="say with review retire RW3 that it has closed"):
        wm.merge(only, register=register)
    plan = None
    if how == "merge.toml":
        plan = wm.MergePlan(retired_organisations=["rw3"])
    else:
        register.retire("rw3", reviewer="B. Lead", reason="Closed; all to RM3")
    accepted = wm.Allowed(fewer=("RM3",))
    second = wm.merge(only, register=register, plan=plan, allowed=accepted)
    assert register.retired() == {"RW3"}
    assert "retired RW3" in register.runs()["accepted"].iloc[-1]
    told = second.changes[second.changes["organisation"] == "RW3"]
    assert told["change"].tolist() == ["unaccounted"] * 8, "they were proposed duplicates only"
    closed = second.unaccounted["organisations"] == "RW3"
    assert (closed.sum(), len(closed)) == (8, 14)
    why = second.unaccounted["why"].str.contains("RW3: this organisation has closed for good")
    assert why.tolist() == closed.tolist()
    asked = second.review_queue.query("level == 'unaccounted' and organisations == 'RW3'")
    assert asked["who_answers"].tolist() == ["A coordinator"] * 8
    third = wm.merge(sent(THIRD, RM3=PEOPLE.iloc[:6]), register=register)
    assert third.unaccounted["pathway_id"].tolist() == second.unaccounted["pathway_id"].tolist()
    assert count_of(register, "retired") == 1


def count_of(register: wm.Register, table: str) -> int:
    return rows(register)[table]


def test_who_sends_a_list_again_is_expected_again(register):
    merged(register, FIRST)
    register.retire("RW3", reviewer="B. Lead", reason="Closed")
    merged(register, SECOND)
    assert register.retired() == frozenset()
    with pytest.raises(wm.InputError, match="--allow-absent RW3"):
        wm.merge(sent(THIRD, RM3=PEOPLE), register=register)


def test_only_who_has_sent_a_list_is_retired_and_once(register):
    with pytest.raises(wm.InputError, match="RW3 never sent a list; those who did: nobody"):
        register.retire("RW3", reviewer="B", reason="Closed")
    merged(register, FIRST)
    with pytest.raises(wm.InputError, match="RX1 never sent a list; those who did: RM3, RW3"):
        register.retire("RX1", reviewer="B", reason="Closed")
    for said in ({"reviewer": " ", "reason": "Closed"}, {"reviewer": "B", "reason": ""}):
        with pytest.raises(wm.InputError, match="say who says so, and why"):
            register.retire("RW3", **said)
    register.retire("RW3", reviewer="B", reason="Closed")
    with pytest.raises(wm.InputError, match="RW3 is retired already"):
        register.retire("RW3", reviewer="B", reason="Closed")


def test_without_a_register_a_retired_organisation_is_not_waited_for():
    plan = wm.MergePlan(expected_organisations=["RW3"], retired_organisations=["RW3"])
    assert len(wm.merge(sent(FIRST, RM3=PEOPLE), plan=plan).entries) == len(PEOPLE)


ALICE = {
    "NHS number": "9990000018",
    "Surname": "Okafor",
    "Forename": "Alice",
    "DOB": "03/05/1960",
    "Postcode": "LS1 4AP",
    "Specialty": "110",
    "RTT start": "02/03/2026",
}
TWIN = ALICE | {"NHS number": "9990000026", "Forename": "Bridget"}
TYPED = TWIN | {"NHS number": ALICE["NHS number"]}
OTHER = {"NHS number": "9990000034", "Surname": "Haddad", "Forename": "Maya", "DOB": "09/01/1983"}


def of_twins(register: wm.Register, day: dt.date, **lists: dict[str, str]) -> wm.MergeResult:
    """A run in which each of the organisations has one patient to list; RM3's list may be away."""
    frames = {
        code: pd.DataFrame([person | {"Hospital number": f"{code}1"}])
        for code, person in lists.items()
    }
    away = NO_RM3 if "RM3" not in lists and not register.runs().empty else wm.Allowed()
    return wm.merge(sent(day, **frames), register=register, allowed=away)


def patients_of(run: wm.MergeResult) -> dict[str, str]:
    organisation = run.entries["organisation"].astype(str)
    return dict(zip(organisation, run.entries["patient_id"].astype(str), strict=True))


def both_say(register: wm.Register, run: wm.MergeResult, *codes: str) -> None:
    listed = run.entries.loc[run.entries["organisation"].isin(codes).to_numpy(), "entry_id"]
    pair = tuple(sorted(listed))
    assert len(pair) == len(codes)
    said = AnswerRow("", "Q-1", "patient", pair, (0, 1), "same person", veto="not_refreshed")
    signed = [
        replace(said, answer_id=f"A-{code}", organisation=code, reviewer=f"Clerk of {code}")
        for code in codes
    ]
    register.add_answers(signed)


def take_back(register: wm.Register, code: str, number: int = 1) -> None:
    undone = AnswerRow(f"B-{code}-{number}", "Q-1", "patient", (), (), "", undoes=f"A-{code}")
    register.add_answers([undone])


@pytest.mark.parametrize(
    ("other", "asked"),
    [(TYPED, "not_refreshed"), (OTHER, "decided_apart")],
    ids=["alike", "nothing alike"],
)
def test_whom_people_joined_are_two_once_they_say_so_no_longer_though_a_list_is_away(
    register, other, asked
):
    """Only RM3 tells the first two apart; of the others nothing but the answer made one."""
    listed = {"RW3": ALICE, "RA1": other}
    third = {"RM3": TWIN if other is TYPED else ALICE}
    first = patients_of(of_twins(register, FIRST, **listed, **third))
    assert first["RW3"] != first["RA1"]
    away = of_twins(register, SECOND, **listed)
    assert patients_of(away).items() <= first.items()
    both_say(register, away, "RW3", "RA1")
    joined = patients_of(of_twins(register, SECOND, **listed))
    assert joined["RW3"] == joined["RA1"]
    take_back(register, "RA1")
    parted = of_twins(register, THIRD, **listed)
    assert patients_of(parted)["RW3"] != patients_of(parted)["RA1"]
    assert parted.review_queue["veto"].tolist() == [asked]
    back = patients_of(of_twins(register, THIRD, **listed, **third))
    assert back["RW3"] != back["RA1"]


def test_who_is_one_by_all_that_is_said_stays_so_whatever_answer_was_taken_back(register):
    """RW3 and RA1 had said so too, and one took it back; a week later a list is away."""
    listed = {"RW3": ALICE, "RA1": ALICE}
    run = of_twins(register, FIRST, **listed, RM3=ALICE)
    assert len({*patients_of(run).values()}) == 1
    both_say(register, run, "RW3", "RA1")
    of_twins(register, FIRST, **listed, RM3=ALICE)
    take_back(register, "RA1")
    again = of_twins(register, SECOND, **listed, RM3=ALICE)
    assert patients_of(again) == patients_of(run)
    away = of_twins(register, THIRD, **listed)
    assert patients_of(away).items() <= patients_of(run).items()
