"""Any table of people: raw or typed, any index, few columns or none, one row or none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import waitlist_merge as wm

PEOPLE = pd.DataFrame(
    {
        "family_name": ["Okafor", "OKAFOR", "Lee", "Lee"],
        "given_name": ["Chidi", "Chidi", "Ann", "Ben"],
        "birth_date": ["3 May 1971", "1971-05-03", "1980-01-02", "1960-03-04"],
    }
)


def test_names_and_birth_date_are_enough():
    ids = wm.link_patients(PEOPLE)
    assert ids[0] == ids[1]
    assert ids.nunique() == 3
    assert ids.name == "patient_id"


@pytest.mark.parametrize(
    "index",
    [[7, 7, 7, 7], list("abcd"), pd.MultiIndex.from_product([[1, 2], [3, 4]])],
    ids=["duplicates", "letters", "levels"],
)
def test_ids_stand_on_the_index_given(index):
    frame = PEOPLE.set_index(pd.Index(index) if isinstance(index, list) else index)
    ids = wm.link_patients(frame)
    assert ids.index.equals(frame.index)
    assert ids.tolist() == wm.link_patients(PEOPLE).tolist()


def test_order_of_rows_changes_no_id():
    order = [2, 0, 3, 1]
    assert wm.link_patients(PEOPLE).iloc[order].tolist() == (
        wm.link_patients(PEOPLE.iloc[order]).tolist()
    )


@pytest.mark.parametrize("count", [0, 1])
def test_no_rows_and_one(count):
    assert len(wm.link_patients(PEOPLE.head(count))) == count


def test_nothing_known_joins_nobody():
    empty = pd.DataFrame({"family_name": [None] * 3, "birth_date": [np.nan] * 3})
    assert wm.link_patients(empty).nunique() == 3


def test_unused_columns_are_named():
    with pytest.warns(UserWarning, match="columns not used: shoe_size"):
        wm.link_patients(PEOPLE.assign(shoe_size=4))


def test_local_numbers_without_organisation_are_of_one():
    frame = PEOPLE.assign(local_patient_identifier=list("1234"))
    with pytest.warns(UserWarning, match="one organisation"):
        wm.link_patients(frame)


def test_no_column_that_can_be_used_is_an_error():
    with pytest.raises(wm.InputError, match="none of the columns"):
        wm.link_patients(pd.DataFrame({"colour": ["red"]}))


def test_a_table_that_is_none_or_has_a_column_twice_is_an_error():
    with pytest.raises(wm.InputError, match="in a DataFrame"):
        wm.link_patients(PEOPLE["family_name"])
    twice = pd.concat([PEOPLE, PEOPLE[["birth_date"]]], axis=1)
    with pytest.raises(wm.InputError, match="there twice: birth_date;"):
        wm.link_patients(twice)


def test_postcodes_of_another_country_are_compared_as_they_stand():
    frame = pd.DataFrame(
        {"family_name": ["Paterson", "Paterson"], "postcode": ["3138", "3138"]}
        | {"given_name": ["Domenique", "Domenique"], "birth_date": ["1916-10-17", "1916-10-27"]}
    )
    match = wm.match_patients(frame)
    assert "same postcode" in match.links["explanation"].iloc[0]


def test_a_superseded_number_is_its_successor():
    frame = pd.DataFrame(
        {
            "nhs_number": ["4123456014", "4123535208"],
            "family_name": ["Okafor"] * 2,
            "given_name": ["Chidi"] * 2,
            "birth_date": ["1971-05-03"] * 2,
        }
    )
    apart = wm.match_patients(frame)
    assert apart.patient_id.nunique() == 2
    assert apart.questions["veto"].tolist() == ["different_nhs_numbers"]
    joined = wm.match_patients(frame, superseded={"4123456014": "4123535208"})
    assert len(set(joined.patient_id)) == 1


def test_explanations_add_up_and_say_what_is_missing():
    match = wm.match_patients(PEOPLE)
    why = wm.explain_patients(match, 1, 0)
    assert why.joined
    assert why.parts["weight"].sum() == pytest.approx(why.weight, abs=1e-9)
    assert why.weight == match.links["weight"].iloc[0]
    assert why.text_chart().splitlines()[-1].startswith("together")
    assert wm.explain_missing(match, 0, 1) == "They are joined."
    assert "never compared" in wm.explain_missing(match, 0, 2)
    with pytest.raises(wm.InputError, match="no row 9"):
        wm.explain_patients(match, 0, 9)
    with pytest.raises(wm.InputError, match="no entry"):
        wm.explain_patients(match, 0, "E-NONE")


def test_superseded_numbers_follow_each_other_however_they_are_written():
    frame = pd.DataFrame(
        {
            "nhs_number": ["4123456014", "4123535208", "9990000018"],
            "family_name": ["Thornbury"] * 3,
            "given_name": ["Rosalind"] * 3,
            "birth_date": ["1957-03-08"] * 3,
        }
    )
    line = {"412 345 6014": "412-353-5208", "4123535208": "999 000 0018"}
    assert len(set(wm.match_patients(frame, superseded=line).patient_id)) == 1
    for wrong, said in (
        ({"4123456014": "4123535208", "4123535208": "4123456014"}, "lead back to themselves"),
        ({"4123456015": "4123535208"}, "1 of 2 are no valid NHS numbers"),
    ):
        with pytest.raises(wm.InputError, match=said):
            wm.match_patients(frame, superseded=wrong)


def test_a_warning_names_the_line_of_the_caller():
    frame = pd.DataFrame({"family_name": ["Lee"], "shoe_size": ["9"]})
    for link in (wm.match_patients, wm.link_patients):
        with pytest.warns(UserWarning, match="shoe_size") as told:
            link(frame)
        assert told[0].filename == __file__
