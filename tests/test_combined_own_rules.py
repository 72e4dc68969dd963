"""A user's own rule of survivorship: what it is given, what it may answer, where it is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import waitlist_merge as wm

PERSON = {
    "NHS number": ["9990000018"],
    "DOB": ["3 May 1971"],
    "Forename": ["Chidi"],
    "Specialty": ["110"],
    "PPID": ["RM3000012345"],
    "PPID issuer": ["RM3"],
    "RTT start": ["2026-03-02"],
}
NAMES = {"RM3": "Okafor-Bello", "RW3": "Okafor", "RX1": "Okafo"}


def extracts(*, names=NAMES, **said):
    return [
        wm.Extract.from_frame(pd.DataFrame(PERSON | {"Surname": [name]} | said), organisation=code)
        for code, name in names.items()
    ]


def by_length(sign):
    def rule(members, field):
        may, _ = members.said(field)
        length = members.column(field).astype(str).str.len().to_numpy(dtype=np.int64)
        return may, (sign * length,)

    return rule


def merged(rule, *, field="family_name", plan=None, lists=None):
    own = {field: wm.SurvivorshipRule("by_length", rule)}
    lists = lists or extracts()
    return wm.merge(lists, census_date="2026-11-15", plan=plan, survivorship=own)


@pytest.mark.parametrize(("sign", "name"), [(-1, "Okafor-Bello"), (1, "Okafo")])
def test_the_rule_says_who_gives_the_value_and_provenance_names_it(sign, name):
    result = merged(by_length(sign))
    assert result.combined_list["family_name"].tolist() == [name]
    told = result.provenance.set_index("field")["rule"]
    assert told["family_name"] == "by_length"
    assert "by_length" not in set(told.drop("family_name"))
    assert result.manifest()["plan"]["survivorship"] == {"family_name": "by_length"}


@pytest.mark.parametrize("field", ["family_name", "source_of_referral", "referrer_code"])
def test_the_rule_is_called_once_for_its_field(field):
    asked = []

    def rule(members, name):
        asked.append(name)
        return members.said(name)[0], ()

    merged(rule, field=field)
    assert asked == [field]


def test_it_comes_before_the_rule_of_the_plan_and_leaves_the_others():
    names = {"family_name": "newest", "given_name": "newest"}
    plan = wm.MergePlan(survivorship=names)
    result = merged(by_length(-1), plan=plan)
    assert result.combined_list["family_name"].tolist() == ["Okafor-Bello"]
    told = result.manifest()["plan"]["survivorship"]
    assert told == {"family_name": "by_length", "given_name": "newest"}
    assert plan.survivorship == names


def test_where_nobody_may_the_field_is_empty_and_a_missing_value_is_never_given():
    def nobody(members, _field):
        return np.zeros(len(members.age), dtype=bool), ()

    def everybody(members, field):
        return np.ones(len(members.age), dtype=bool), (members.said(field)[0],)

    assert merged(nobody).combined_list["family_name"].isna().all()
    lists = extracts(names={"RM3": None, "RW3": "Okafor"})
    assert merged(everybody, lists=lists).combined_list["family_name"].tolist() == ["Okafor"]


def test_a_row_with_one_entry_shows_what_that_says():
    lists = extracts(names={"RM3": "Okafor"})
    result = merged(by_length(-1), lists=lists)
    assert result.combined_list["family_name"].tolist() == ["Okafor"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda size: np.ones(size, dtype=bool), "an array and a tuple of arrays"),
        (lambda size: (np.ones(size, dtype=bool), [1]), "an array and a tuple of arrays"),
        (lambda size: (np.ones(size), ()), "a boolean array of 3 elements"),
        (lambda size: (np.ones(size + 1, dtype=bool), ()), "a boolean array of 3 elements"),
        (lambda size: (np.ones(size, dtype=bool), (np.ones(size),)), "3 whole numbers"),
        (lambda size: (np.ones(size, dtype=bool), (np.ones(1, dtype=int),)), "3 whole numbers"),
    ],
)
def test_an_answer_of_another_shape_is_refused_by_name(answer, message):
    with pytest.raises(wm.WaitlistError, match="'by_length' for family_name") as caught:
        merged(lambda members, _field: answer(len(members.age)))
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["", "Longest", "two words", "newest", "earliest_start"])
def test_a_name_that_cannot_be_told_apart_is_refused(name):
    with pytest.raises(wm.ConfigError, match="survivorship rule"):
        wm.SurvivorshipRule(name, by_length(1))


@pytest.mark.parametrize("field", ["rtt_start_date", "nhs_number", "tci_date", "phone", "nonsense"])
def test_fields_without_a_choice_have_none_from_python_either(field):
    with pytest.raises(wm.ConfigError, match="allowed is one of family_name"):
        merged(by_length(1), field=field)


def test_a_bare_function_is_refused():
    with pytest.raises(wm.ConfigError, match="a SurvivorshipRule is wanted"):
        wm.merge(extracts(), survivorship={"family_name": by_length(1)})


def test_the_rules_of_the_library_are_still_chosen_by_name():
    plan = wm.MergePlan(survivorship={"family_name": "agreed"})
    result = wm.merge(extracts(), census_date="2026-11-15", plan=plan)
    assert result.combined_list["family_name"].isna().all()
    assert result.provenance.set_index("field").loc["family_name", "rule"] == "agreed"


def test_a_rule_that_stops_is_named_with_its_field():
    with pytest.raises(wm.InputError, match="'by_length' for family_name: stopped with a KeyError"):
        merged(lambda members, _field: members.entries["no_such_column"])
