"""What a person is shown of one pair: the very parts of the weight, as sentence, table, picture."""

from __future__ import annotations

import dataclasses
import sys
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import waitlist_merge as wm

PEOPLE = pd.DataFrame(
    [
        ("4123456014", "Thornbury", "Rosalind", "1957-03-08", "2", "LS6 2AB"),
        ("4123456014", "Okonkwo", "Rosalind", "1957-03-18", "2", "BN3 7XY"),
        (None, "Featherstone", "Giles", "1962-11-23", "1", "LS6 2AB"),
        (None, "Featherstone", "Giles", "1992-11-23", "1", "LS6 2AB"),
        (None, "Lee", None, None, None, None),
    ],
    columns=["nhs_number", "family_name", "given_name", "birth_date", "gender", "postcode"],
)


@pytest.fixture(scope="module")
def match():
    return wm.match_patients(PEOPLE)


VALUES = {
    "nhs_number": ["4123456014", "4123535208", None],
    "family_name": ["Smith", "Smyth", "Khan", "Khan-Smith", None],
    "given_name": ["Ann", "Anne", "Mohammed", "A", None],
    "birth_date": ["1950-02-03", "1950-03-02", "1980-01-01", None],
    "gender": ["1", "2", None],
    "postcode": ["LS6 2AB", "LS6 2AD", "M1 1AA", None],
    "phone": ["01632960001", "01632960002", None],
}


@settings(max_examples=30)
@given(
    st.lists(
        st.fixed_dictionaries({name: st.sampled_from(each) for name, each in VALUES.items()}),
        min_size=2,
        max_size=6,
    )
)
def test_parts_add_up_to_the_weight_of_every_pair(typed, people):
    match = wm.match_patients(typed(people))
    told = {(link.a, link.b): link.weight for link in match.links.itertuples()}
    for a in range(len(people)):
        for b in range(a + 1, len(people)):
            why = wm.explain_patients(match, a, b)
            assert why.parts["weight"].sum() == pytest.approx(why.weight, abs=1e-9)
            assert told.get((a, b), why.weight) == pytest.approx(why.weight, abs=1e-9)
            assert why.joined == (match.group[a] == match.group[b])


def test_the_picture_shows_the_prior_each_part_the_total_and_the_line(match):
    why = wm.explain_patients(match, 0, 1)
    [axes] = why.chart().axes
    bars = [bar.get_width() for bar in axes.patches]
    assert bars[:-1] == pytest.approx(why.parts["weight"].tolist(), abs=1e-9)
    assert sum(bars[:-1]) == pytest.approx(bars[-1], abs=1e-9)
    assert bars[-1] == pytest.approx(why.weight, abs=1e-9)
    starts = [bar.get_x() for bar in axes.patches]
    assert starts[1:-1] == pytest.approx(why.parts["weight"].cumsum().tolist()[:-1], abs=1e-9)
    assert starts[0] == starts[-1] == 0
    words = [label.get_text() for label in axes.get_yticklabels()]
    assert words == [*why.parts["words"], "together"]
    assert match.plan.match_weight in {line.get_xdata()[0] for line in axes.lines}
    assert axes.get_title("left") == why.outcome
    low, high = axes.get_xlim()
    assert low < min(starts)
    assert high > max(starts)


def test_a_notebook_shows_the_picture_and_the_table(match):
    why = wm.explain_patients(match, 2, 3)
    assert why.chart()._repr_png_().startswith(b"\x89PNG")
    shown = why._repr_html_()
    assert "forbidden: Same full name, born 15 or more years apart" in shown
    assert shown.count("<tr") == len(why.parts) + 2
    assert "+" in shown.split("together")[1]


def test_the_outcome_in_a_line(match):
    joined = wm.explain_patients(match, 0, 1)
    assert joined.outcome == f"One person, with {joined.weight:.1f} bits of evidence"
    assert wm.explain_patients(match, 0, 4).outcome.startswith("Not joined, with -")
    outvoted = dataclasses.replace(joined, veto="twins").outcome
    assert "; outvoted by other entries: Same birth date, family name and address" in outvoted
    text = str(joined).splitlines()
    assert text[0] == joined.outcome
    assert text[-1].startswith("together")


def test_two_entries_may_be_one_person_by_way_of_a_third():
    """Two entries that share nothing but a third one, which has both a number and a key."""
    people = pd.DataFrame(
        {
            "nhs_number": ["4123456014", "4123456014", None],
            "person_key": [None, "k1", "k1"],
            "birth_date": [None, "1957-03-08", "1957-03-08"],
        }
    )
    match = wm.match_patients(people)
    assert len(set(match.group)) == 1
    outcome = wm.explain_patients(match, 0, 2).outcome
    assert outcome.startswith("One person by way of further entries, with -")


def test_without_matplotlib_the_extra_is_named(match, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.axes", None)
    monkeypatch.delitem(sys.modules, "waitlist_merge.patients.picture", raising=False)
    why = wm.explain_patients(match, 0, 1)
    with pytest.raises(wm.MissingExtra, match=r"install waitlist-merge\[charts\]"):
        why.chart()
    assert why.text_chart()


def test_the_result_of_a_merge_explains_itself(match):
    merged = SimpleNamespace(people=match)
    assert wm.explain_patients(merged, 0, 1).weight == wm.explain_patients(match, 0, 1).weight
    assert wm.explain_missing(merged, 0, 4) == wm.explain_missing(match, 0, 4)
    with pytest.raises(wm.InputError, match="DataFrame holds no patient match"):
        wm.explain_patients(PEOPLE, 0, 1)


def test_a_veto_that_a_third_record_names_is_told():
    """Two girls under one number, and the number of one of them elsewhere (domain 3: twins)."""
    columns = ["nhs_number", "family_name", "given_name", "birth_date", "gender", "postcode"]
    born = ("2019-05-03", "2", "LE4 7AA")
    rows = [
        ("4123456014", "Lee", "Sana", *born),
        ("4123456014", "Lee", "Maryam", *born),
        ("4123535208", "Lee", "Maryam", *born),
    ]
    match = wm.match_patients(pd.DataFrame(rows, columns=columns))
    links = match.links.set_index(["a", "b"])["veto"]
    assert wm.explain_patients(match, 0, 1).veto == links[0, 1] == "confusion"
