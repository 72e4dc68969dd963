"""Chunks, threads and the cap on memory: bounds that change no result."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.demo import generate_region
from waitlist_merge.errors import ConfigError
from waitlist_merge.patients import blocking, match, match_patients, memory
from waitlist_merge.patients.link import typed_people
from waitlist_merge.patients.records import prepare
from waitlist_merge.plan import PatientPlan

NAMES = ("Okafor", "Lee", "Thornbury", "Smith", "Nowak", "Haddad", "Oyelaran", "Pugh", "Rossi")


@pytest.fixture(scope="module")
def region():
    """A small region, a third of it without NHS numbers, so that all keys have work."""
    entries = generate_region(entries=1_500, seed=5).entries
    numbers = entries["nhs_number"].where(np.arange(len(entries)) % 3 > 0)
    person = ["organisation", "local_patient_identifier", "family_name", "given_name"]
    place = ["birth_date", "gender", "postcode", "address", "phone", "email"]
    return entries[[*person, *place]].assign(nhs_number=numbers)


@pytest.fixture(scope="module")
def whole(region):
    return match_patients(region, PatientPlan(workers=1))


@pytest.mark.parametrize(
    "plan",
    [
        PatientPlan(workers=2),
        PatientPlan(workers=3, chunk_pairs=1_000),
        PatientPlan(workers=1, chunk_pairs=1_000),
        PatientPlan(workers=2, memory_gb=0.01),
    ],
    ids=str,
)
def test_neither_chunks_nor_threads_change_anything(region, whole, plan):
    other = match_patients(region, plan)
    assert other.candidate_pairs == whole.candidate_pairs > 2 * plan.chunk_pairs / 250
    assert (other.group == whole.group).all()
    assert other.patient_id.tolist() == whole.patient_id.tolist()
    pd.testing.assert_frame_equal(other.links, whole.links)


def test_order_of_rows_changes_no_id(region, whole):
    order = np.random.default_rng(3).permutation(len(region))
    moved = match_patients(region.iloc[order].reset_index(drop=True))
    ids = pd.Series(moved.patient_id.to_numpy(), index=order).sort_index()
    different = ids.to_numpy() != whole.patient_id.to_numpy()
    assert not different.any()


def crowd(size):
    """Strangers without a number who share birth dates and the sound of their names."""
    rng = np.random.default_rng(1)
    letters = np.array([*"BCDFGHKLMNPRST"])
    ends = letters[rng.integers(0, len(letters), (size, 4))]
    return pd.DataFrame(
        {
            "family_name": ["S" + "".join(end) for end in ends],
            "given_name": ["A" + "".join(end) for end in ends[:, ::-1]],
            "birth_date": np.datetime64("1950-01-01", "s") + rng.integers(0, 40, size) * 86_400,
        }
    )


@pytest.mark.parametrize("cap", [0.006, 0.03])
def test_the_search_holds_no_more_than_the_cap(cap, monkeypatch):
    people = crowd(2_500)
    match_patients(people.head(200))  # what is loaded once is not the search's
    peaks = []
    score = match.score

    def measured(*given, **named):
        for key in given[2]:
            key.blocks  # noqa: B018 - made before: they are of the keys, not of the pairs
        tracemalloc.start()
        found = score(*given, **named)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        return found

    monkeypatch.setattr(match, "score", measured)
    found = match_patients(people, PatientPlan(memory_gb=cap))
    assert found.candidate_pairs > 20_000
    assert peaks[0] <= cap * memory.GIGABYTE


def test_a_cap_too_small_names_the_setting_and_what_is_enough(monkeypatch):
    people = crowd(150).assign(birth_date="1950-01-01")
    monkeypatch.setattr(memory, "FEWEST", 10)
    with pytest.raises(ConfigError, match=r"patients.memory_gb = 0.0001 is too little") as raised:
        match_patients(people, PatientPlan(memory_gb=0.0001))
    least = float(str(raised.value).rsplit(" ", 1)[1])
    assert match_patients(people, PatientPlan(memory_gb=least)).candidate_pairs > 0
    keys = blocking.keys(prepare(typed_people(people)))
    most = max(int(key.blocks.partners.max(initial=0)) for key in keys)
    assert least == pytest.approx(most * memory.BYTES_PER_PAIR * 3 / memory.GIGABYTE, abs=1e-3)


def test_questions_are_the_links_that_are_asked(region, whole):
    asked = whole.links[whole.links["joins"] == "asked"]
    assert len(asked) > 1
    ordered = asked.sort_values("weight", ascending=False, kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(match_patients(region).questions, ordered)
