"""The region is what it says: whole, deterministic, plausible, and tells nothing of its truth."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.demo import Rates, Region, generate_region
from waitlist_merge.demo.relations import KINDS, SAME_NEED
from waitlist_merge.reasons import Relation
from waitlist_merge.reference import load
from waitlist_merge.schema import CANONICAL, DATE_FIELDS, FLAG_FIELDS, TEXT_FIELDS

ENTRIES = 16_000
PAST = (
    "referral_date",
    "original_referral_date",
    "rtt_start_date",
    "rtt_end_date",
    "list_date",
    "decision_to_admit_date",
    "last_attended_date",
    "last_dna_date",
    "last_cancelled_date",
    "removal_date",
    "last_validated_date",
)


@pytest.fixture(scope="module")
def region() -> Region:
    return generate_region(entries=ENTRIES, seed=11)


@pytest.fixture(scope="module")
def whole(region: Region) -> pd.DataFrame:
    """Entries with the truth beside them."""
    return region.entries.join(region.truth.drop(columns="organisation"), rsuffix="_true")


@pytest.mark.parametrize("entries", [1, 2, 37, 1000])
def test_has_exactly_the_entries_asked_for(entries: int) -> None:
    made = generate_region(entries=entries, seed=3)
    assert len(made.entries) == len(made.truth) == entries


@pytest.mark.parametrize(("entries", "organisations"), [(0, 8), (100, 1), (100, 99)])
def test_numbers_out_of_range_are_refused(entries: int, organisations: int) -> None:
    with pytest.raises(ValueError, match="organisations 2 to"):
        generate_region(entries=entries, organisations=organisations)


def test_rates_that_leave_too_few_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("waitlist_merge.demo.region._MARGIN", 0.1)
    with pytest.raises(ValueError, match="no whole households"):
        generate_region(entries=2000, seed=1)


def test_a_seed_gives_one_region() -> None:
    first, again = (generate_region(entries=1500, seed=5) for _ in range(2))
    other = generate_region(entries=1500, seed=6)
    pd.testing.assert_frame_equal(first.entries, again.entries)
    pd.testing.assert_frame_equal(first.truth, again.truth)
    assert (
        not first.entries["nhs_number"].astype(str).equals(other.entries["nhs_number"].astype(str))
    )


def test_entries_are_a_typed_frame(region: Region) -> None:
    assert tuple(region.entries.columns) == CANONICAL
    kinds = region.entries.dtypes
    assert all(isinstance(kinds[name], pd.CategoricalDtype) for name in TEXT_FIELDS)
    assert all(kinds[name] == "datetime64[s]" for name in DATE_FIELDS)
    assert all(kinds[name] == "boolean" for name in FLAG_FIELDS)
    for name in TEXT_FIELDS:
        assert "" not in region.entries[name].cat.categories


def test_dates_lie_within_lives_and_before_the_census(region: Region) -> None:
    entries = region.entries
    born = entries["birth_date"].where(entries["birth_date"].dt.year > 1900)
    for name in PAST:
        assert not (entries[name] > entries["census_date"]).any(), name
        assert not (entries[name] < born).any(), name
    dead = entries[entries["death_date"].notna()]
    assert len(dead) > 0
    assert (dead["death_date"] <= dead["census_date"].max()).all()
    for name in PAST:
        assert not (dead[name] > dead["death_date"]).any(), name


def test_one_list_is_six_days_older(region: Region) -> None:
    assert sorted(set(region.census.values())) == [date(2026, 11, 9), date(2026, 11, 15)]
    older = [code for code, day in region.census.items() if day == date(2026, 11, 9)]
    assert len(older) == 1


def test_people_suit_their_specialties(whole: pd.DataFrame) -> None:
    tfc = whole["treatment_function_code"].astype(str)
    age = (whole["census_date"] - whole["birth_date"]).dt.days / 365.2425
    # Recorded gender and birth date may be wrong, so the exceptions are those rates and no more.
    men = whole["gender"] == "1"
    gynaecology = tfc == "502"
    assert men[gynaecology].mean() < 0.012
    assert (age[tfc.isin(["420", "171", "214", "215", "217"])] > 20).mean() < 0.01
    assert (age[tfc == "430"] < 60).mean() < 0.01
    cataract = whole["procedure_code"] == "C751"
    assert cataract.sum() > 50
    assert (age[cataract] < 44).mean() < 0.02


def test_no_man_waits_in_gynaecology_where_nothing_is_mistyped() -> None:
    made = generate_region(entries=8000, seed=2, rates=Rates(gender_error=0, gender_missing=0))
    women = made.entries["treatment_function_code"] == "502"
    assert women.sum() > 300
    assert set(made.entries.loc[women, "gender"].astype(str)) == {"2"}


def test_shape_is_that_of_the_published_list(whole: pd.DataFrame) -> None:
    waits = load("demo_waits").astype({"total": float})
    groups = load("demo_specialties").set_index("tfc")["group"]
    england = waits.groupby("group")["total"].sum() / waits["total"].sum()
    ours = whole["treatment_function_code"].astype(str).map(groups).value_counts(normalize=True)
    assert (ours.reindex(england.index) - england).abs().max() < 0.012
    listed = whole[whole["waiting_list_type"].isin(["IRTT", "ORTT"]) & whole["rtt_end_date"].isna()]
    admitted = (listed["waiting_list_type"] == "IRTT").mean()
    published = waits.loc[waits["decision"] == "yes", "total"].sum() / waits["total"].sum()
    assert admitted == pytest.approx(published, abs=0.02)
    assert published == pytest.approx(0.167, abs=0.001)


def test_weeks_waited_are_those_of_the_published_list(whole: pd.DataFrame) -> None:
    first = whole[
        (whole["relation"] == "") & whole["rtt_start_date"].notna() & whole["rtt_end_date"].isna()
    ]
    days = (first["census_date"] - first["rtt_start_date"]).dt.days
    weeks = np.array([each.split() for each in load("demo_waits")["weeks"]], dtype=float)
    share = weeks.sum(axis=0)[:18].sum() / weeks.sum()
    assert (days <= 126).mean() == pytest.approx(share, abs=0.02)


def test_every_relation_occurs_and_joins_as_the_design_says(whole: pd.DataFrame) -> None:
    seen = set(whole["relation"]) - {""}
    assert seen == {kind.relation.value for kind in KINDS} | {"other_specialty"}
    rows_of_need = whole.groupby("need_id")["person_id"].agg(["size", "nunique"])
    assert (rows_of_need["nunique"] == 1).all()
    second = whole["relation"].isin([each.value for each in SAME_NEED])
    assert (
        rows_of_need["size"]
        == 1
        + whole.groupby("need_id")["relation"].agg(
            lambda relation: relation.isin([each.value for each in SAME_NEED]).sum()
        )
    ).all()
    assert 0.05 < second.mean() < 0.12
    assert {Relation.OTHER_SIDE, Relation.SECOND_OPINION, Relation.PLANNED}.isdisjoint(SAME_NEED)


def test_what_stays_at_home_stays(whole: pd.DataFrame) -> None:
    """Kinds that are of one organisation, and kinds that need two, are so."""
    places = whole.groupby("need_id")["organisation"].nunique()
    for relation, count in {
        "resent": 1,
        "two_stages": 1,
        "repeat_same_organisation": 1,
        "repeat_other_organisation": 2,
        "transfer": 2,
        "treated_elsewhere": 2,
        "identifier_at_two_organisations": 2,
    }.items():
        needs = whole.loc[whole["relation"] == relation, "need_id"]
        assert (places[needs] == count).all(), relation


def test_identifiers_travel_only_where_they_would(whole: pd.DataFrame) -> None:
    wide = _pairs(whole)
    same_number = wide["patient_pathway_identifier"] == wide["patient_pathway_identifier_first"]
    share = same_number.groupby(wide["relation"]).mean()
    assert share["identifier_at_two_organisations"] == 1
    assert share["repeat_other_organisation"] == 0
    assert share["repeat_same_organisation"] == 0
    assert 0.2 < share["transfer"] < 0.7
    own_dates = wide["referral_date"] == wide["referral_date_first"]
    again = wide["relation"].isin(["repeat_other_organisation", "repeat_same_organisation"])
    assert own_dates[again].mean() < 0.15


def _pairs(whole: pd.DataFrame) -> pd.DataFrame:
    """Each second row beside the first row of its need."""
    second = whole["relation"].isin([each.value for each in SAME_NEED])
    names = ["need_id", "patient_pathway_identifier", "referral_date"]
    text = whole.astype({"patient_pathway_identifier": str})
    first = text.loc[~second, names].add_suffix("_first")
    return text[second].merge(first, left_on="need_id", right_on="need_id_first")


def test_clocks_started_afresh_on_receipt_are_in_the_truth(whole: pd.DataFrame) -> None:
    moved = whole[(whole["relation"] == "transfer") & whole["rtt_start_date"].notna()]
    afresh = moved["rtt_start_date"] > moved["rtt_start_date_true"]
    assert 0.15 < afresh.mean() < 0.6
    assert (moved.loc[afresh, "rtt_start_date"] <= moved.loc[afresh, "referral_date"]).all()


def test_local_numbers_of_two_organisations_collide(whole: pd.DataFrame) -> None:
    held = whole.drop_duplicates(["organisation", "person_id"])
    assert not held.duplicated(["organisation", "local_patient_identifier"]).any()
    bare = held["local_patient_identifier"].astype(str)
    assert bare.duplicated().sum() > 50


def test_order_and_labels_tell_nothing(whole: pd.DataFrame) -> None:
    """Rows of one person lie no nearer in a list than any two; labels follow no order."""
    person = whole["person_id"].str.removeprefix("person-").astype(int)
    position = np.arange(len(whole))
    assert abs(np.corrcoef(position, person)[0, 1]) < 0.03
    need = whole["need_id"].str.removeprefix("need-").astype(int)
    assert abs(np.corrcoef(position, need)[0, 1]) < 0.03
    several = whole.groupby("person_id").indices
    gaps = np.concatenate([np.diff(rows) for rows in several.values() if len(rows) > 1])
    assert np.median(gaps) > len(whole) * 0.2
    for name in ("patient_pathway_identifier", "referral_identifier", "local_patient_identifier"):
        number = whole[name].astype(str).str.extract(r"(\d+)$")[0].astype(float)
        known = number.notna()
        assert abs(np.corrcoef(position[known], number[known])[0, 1]) < 0.05, name


def test_twins_share_a_birth_date_and_not_a_name() -> None:
    quiet = dict.fromkeys(("birth_date_error", "birth_date_placeholder"), 0.0)
    made = generate_region(
        entries=6000, seed=9, rates=Rates(relative_listed=0.5, relative_twin=0.5, **quiet)
    )
    both = made.entries.join(made.truth[["person_id"]]).drop_duplicates("person_id")
    homes = both.dropna(subset=["address", "postcode"])
    pairs = homes.merge(homes, on=["address", "postcode", "birth_date"], suffixes=("", "_b"))
    twins = pairs[pairs["person_id"] < pairs["person_id_b"]]
    assert len(twins) > 200
    alike = twins["given_name"].astype(str).str[0] == twins["given_name_b"].astype(str).str[0]
    assert alike.mean() > 0.18  # two of a pool share a first letter about one time in fourteen
    same = twins["given_name"].astype(str) == twins["given_name_b"].astype(str)
    assert same.mean() < 0.02


def test_strangers_share_name_and_birth_date() -> None:
    made = generate_region(entries=6000, seed=4, rates=Rates(shared_name_and_birth=0.02))
    both = made.entries.join(made.truth[["person_id"]]).drop_duplicates("person_id")
    names = both.astype({"family_name": str, "given_name": str})
    assert names.duplicated(["family_name", "given_name", "birth_date"]).sum() > 50


def test_closed_rows_are_closed_in_each_of_the_ways(whole: pd.DataFrame) -> None:
    stopped = whole["rtt_end_date"].notna()
    by_status = whole["rtt_status"].astype(str).between("30", "36") & ~stopped
    by_removal = whole["removal_date"].notna() & ~stopped
    for way in (stopped, by_status, by_removal):
        assert way.sum() > 10
    assert (whole.loc[stopped, "rtt_status"].astype(str).str[0] == "3").all()


def test_another_procedure_is_not_the_same_by_other_means(whole: pd.DataFrame) -> None:
    listed = load("demo_procedures").drop_duplicates("code").set_index("code")
    cemented, uncemented = listed.loc["W371"], listed.loc["W381"]
    assert cemented["family"] == uncemented["family"]
    family = whole["procedure_code"].astype(str).map(listed["family"])
    others = whole[(whole["relation"] == "other_procedure") & family.notna()]
    assert len(others) > 20
    for at in others.index:
        mine = whole.index[(whole["person_id"] == whole.loc[at, "person_id"]) & (whole.index != at)]
        assert set(family[mine].dropna()) != {family[at]}
