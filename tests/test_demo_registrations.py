"""Errors occur at the rates that are set, one registration at a time."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from nhs_number import is_valid

from waitlist_merge.demo import Rates, Region, generate_region
from waitlist_merge.demo.births import KINDS, mistyped
from waitlist_merge.demo.contacts import NO_PRACTICE, PSEUDO_POSTCODES
from waitlist_merge.demo.numbers import nhs_numbers
from waitlist_merge.demo.registrations import PLACEHOLDERS
from waitlist_merge.demo.spelling import misspell

PERSON = ["nhs_number", "family_name", "given_name", "birth_date", "postcode", "gender", "phone"]


@pytest.fixture(scope="module")
def region() -> Region:
    return generate_region(entries=24_000, seed=21)


@pytest.fixture(scope="module")
def held(region: Region) -> pd.DataFrame:
    """One row a registration."""
    both = region.entries.join(region.truth[["person_id"]])
    return both.drop_duplicates(["person_id", "organisation"])


def test_rows_of_one_registration_agree(region: Region) -> None:
    both = region.entries.join(region.truth[["person_id"]])
    text = both.astype(dict.fromkeys([*PERSON, "local_patient_identifier"], str))
    counts = text.groupby(["person_id", "organisation"], observed=True)[PERSON].nunique()
    assert (counts == 1).all(axis=None)


def test_numbers_are_missing_and_wrong_at_the_rates_set(held: pd.DataFrame) -> None:
    rates = Rates()
    number = held["nhs_number"]
    assert number.isna().mean() == pytest.approx(rates.nhs_number_missing, abs=0.004)
    text = number.dropna().astype(str)
    text = text[~text.isin(PLACEHOLDERS)]
    valid = text.map(lambda each: len(each) == 10 and bool(is_valid(each)))
    assert (~valid).mean() == pytest.approx(rates.nhs_number_mistyped, abs=0.001)
    assert set(text[valid].str[0]) <= set("467")
    assert (held["nhs_number_status"] == "01").mean() > 0.95


def test_a_person_has_one_number_and_few_share_one(held: pd.DataFrame) -> None:
    valid = held.dropna(subset=["nhs_number"])
    text = valid["nhs_number"].astype(str)
    people = valid["person_id"].groupby(text).nunique()
    assert 0 < (people[~people.index.isin(PLACEHOLDERS)] > 1).sum() < len(valid) * 0.001


def test_gender_and_postcode_rates(held: pd.DataFrame) -> None:
    rates = Rates()
    assert held["gender"].isna().mean() == pytest.approx(rates.gender_missing, abs=0.002)
    pseudo = held["postcode"].isin(PSEUDO_POSTCODES).mean()
    assert pseudo == pytest.approx(rates.postcode_pseudo, abs=0.001)
    unknown = held["gp_practice_code"].isin(NO_PRACTICE).mean()
    assert unknown == pytest.approx(rates.gp_practice_unknown, abs=0.002)


@pytest.mark.parametrize(
    ("rates", "field", "least", "most"),
    [
        (Rates(), "family_name", 0.03, 0.08),
        (Rates(moved=1, postcode_unit_error=0), "postcode", 0.97, 1.0),
        (Rates(moved=0), "postcode", 0.0, 0.05),
        (Rates(birth_date_error=0.3), "birth_date", 0.45, 0.57),
        (Rates(gender_error=0.1), "gender", 0.15, 0.21),
        (Rates(forename_typo_female=1, forename_typo_male=1, forename_variant_female=0,
               forename_variant_male=0, forename_other_female=0, forename_other_male=0,
               forename_order=0, known_as=0), "given_name", 0.85, 1.0),
    ],
    ids=["published names", "all moved", "none moved", "births", "genders", "forename slips"],
)  # fmt: skip
def test_two_registrations_differ_as_the_rates_say(
    rates: Rates, field: str, least: float, most: float
) -> None:
    made = generate_region(entries=8000, seed=8, rates=rates)
    both = made.entries.join(made.truth[["person_id"]])
    held = both.drop_duplicates(["person_id", "organisation"]).astype({field: str})
    several = held.groupby("person_id")[field].agg(["size", "nunique"])
    two = several[several["size"] == 2]
    assert len(two) > 300
    assert least <= (two["nunique"] == 2).mean() <= most


def test_women_change_their_names_more() -> None:
    quiet = Rates(
        surname_typo_female=0, surname_typo_male=0, surname_shortened_female=0,
        surname_shortened_male=0, forename_order=0, gender_error=0, gender_missing=0,
    )  # fmt: skip
    made = generate_region(entries=30_000, seed=5, rates=quiet)
    both = made.entries.join(made.truth[["person_id"]])
    held = both.drop_duplicates(["person_id", "organisation"]).astype({"family_name": str})
    several = held.groupby(["person_id", "gender"], observed=True)["family_name"].agg(
        ["size", "nunique"]
    )
    changed = several[several["size"] == 2]["nunique"].eq(2).groupby("gender", observed=True).mean()
    assert changed["1"] == pytest.approx(quiet.surname_changed_male, abs=0.01)
    assert changed["2"] == pytest.approx(quiet.surname_changed_female, abs=0.02)


def test_a_rate_that_is_no_share_is_refused() -> None:
    with pytest.raises(ValueError, match="moved is -1"):
        Rates(moved=-1)


def test_many_nhs_numbers_are_valid_and_different() -> None:
    numbers = nhs_numbers(np.random.default_rng(0), 3000)
    assert len(set(numbers.tolist())) == 3000
    assert all(is_valid(str(each)) for each in numbers[:500])


@given(st.dates(date(1905, 1, 1), date(2026, 11, 1)), st.integers(0, 2**32 - 1))
def test_a_mistyped_birth_is_another_real_day(day: date, seed: int) -> None:
    births = np.full(40, np.datetime64(day, "D"))
    typed = mistyped(np.random.default_rng(seed), births, no_later_than=births + 40)
    assert (typed != births).all()
    assert (typed <= births + 40).all()


def test_kinds_of_birth_error_have_their_shares() -> None:
    births = np.datetime64("1950-01-01") + (np.arange(20_000) % 15_000).astype("timedelta64[D]")
    typed = mistyped(np.random.default_rng(3), births, no_later_than=births + 99_999)
    parts = [
        (births - births.astype("datetime64[M]")) != (typed - typed.astype("datetime64[M]")),
        births.astype("datetime64[M]").astype(int) % 12
        != typed.astype("datetime64[M]").astype(int) % 12,
        births.astype("datetime64[Y]") != typed.astype("datetime64[Y]"),
    ]
    one_part = np.sum(parts, axis=0) == 1
    published = sum(
        share for kind, share in KINDS if kind not in ("day and month swapped", "two parts or more")
    )
    assert one_part.mean() == pytest.approx(published, abs=0.03)
    assert (parts[0] & one_part).mean() == pytest.approx(0.439, abs=0.03)


NAMES = st.text(
    st.characters(whitelist_categories=["L"], max_codepoint=0x17F), min_size=1, max_size=18
)


@given(st.lists(NAMES, min_size=1, max_size=30), st.integers(0, 2**32 - 1))
def test_a_misspelling_is_never_the_name_and_never_empty(names: list[str], seed: int) -> None:
    typed = misspell(np.random.default_rng(seed), np.array(names, dtype=object))
    for name, other in zip(names, typed, strict=True):
        assert other
        assert other != name
        assert abs(len(other) - len(name)) <= 1


def test_nothing_to_misspell_is_nothing() -> None:
    assert len(misspell(np.random.default_rng(0), np.array([], dtype=object))) == 0
