"""A model that is saved and loaded is the same model, and its file tells nothing of anybody."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from waitlist_merge.errors import InputError, OutputError
from waitlist_merge.patients import PatientModel, match_patients
from waitlist_merge.patients.coding import Coded
from waitlist_merge.patients.frequencies import (
    FEWEST_OF_A_HOME,
    FEWEST_OF_A_NAME,
    HOME,
    Frequencies,
    common_names,
    parts_of_people,
)
from waitlist_merge.patients.levels import LEVELS
from waitlist_merge.patients.records import prepare

BITS = st.floats(-60, 60)
SHARES = st.floats(1e-12, 1.0)
COUNTED = st.builds(
    lambda shares, *three: Frequencies(pd.Series(shares, dtype=np.float64), *three),
    st.dictionaries(st.text(), SHARES, max_size=4),
    SHARES,
    SHARES,
    SHARES,
)


@st.composite
def models(draw):
    """A model of any numbers in the shape of the published one."""
    base = PatientModel.published(records=draw(st.integers(0, 10**9)))
    at_level = list(base.basis)
    tables = {field: np.zeros(len(names)) for field, names in LEVELS.items()}
    for field, at in at_level:
        tables[field][at] = draw(BITS)
    return PatientModel(
        draw(BITS),
        draw(BITS),
        abs(draw(BITS)),
        tables,
        {each: draw(SHARES) for each in at_level},
        base.basis,
        {name: draw(COUNTED) for name in base.frequencies},
        base.records,
        draw(st.none() | BITS),
    )


@settings(max_examples=25)
@given(model=models())
def test_every_number_comes_back_to_the_last_digit(tmp_path_factory, model):
    path = tmp_path_factory.mktemp("saved") / "model.json"
    model.save(path)
    again = PatientModel.load(path)
    assert (again.prior, again.records) == (model.prior, model.records)
    assert again.average == model.average
    assert again.basis == model.basis
    for field in LEVELS:
        assert again.tables[field].tolist() == model.tables[field].tolist()
    for name, counted in model.frequencies.items():
        assert again.frequencies[name].shares.to_dict() == counted.shares.to_dict()
        one, other = again.frequencies[name], counted
        assert (one.unseen, one.expected, one.chance) == (
            other.unseen,
            other.expected,
            other.chance,
        )
    assert again.digest == model.digest


FAMILY = ["Smith", "Khan", "Okafor", "Lee"]
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "family_name": st.sampled_from([*FAMILY, None]),
            "given_name": st.sampled_from(["Ann", "Anne", "Mohammed", "Wei", None]),
            "birth_date": st.sampled_from(["1950-02-03", "1950-03-02", "1980-01-01", None]),
            "postcode": st.sampled_from(["LS6 2AB", "LS6 2AD", "M1 1AA", None]),
            "gender": st.sampled_from(["1", "2", None]),
        }
    ),
    max_size=12,
)


@settings(max_examples=25)
@given(people=PEOPLE, more=st.integers(0, 3))
def test_a_loaded_model_gives_the_same_ids(tmp_path_factory, typed, people, more):
    records = typed(people * (1 + more))
    path = tmp_path_factory.mktemp("saved") / "model.json"
    first = match_patients(records)
    first.model.save(path)
    again = match_patients(records, model=PatientModel.load(path))
    assert again.patient_id.tolist() == first.patient_id.tolist()
    pd.testing.assert_frame_equal(again.links, first.links)


@settings(max_examples=20)
@given(people=PEOPLE, data=st.data())
def test_order_of_rows_changes_no_digit_of_the_model(typed, people, data):
    records = typed(people * 3)
    order = data.draw(st.permutations(range(len(records))))
    moved = records.iloc[order].reset_index(drop=True)
    assert match_patients(moved).model.digest == match_patients(records).model.digest


def crowd(**own):
    """Enough records that names are known, each with a home of its own."""
    return [
        {
            "family_name": FAMILY[at % 4],
            "given_name": "Ann",
            "birth_date": f"19{at % 60 + 20}-05-06",
        }
        for at in range(400)
    ] + [own] * own.pop("times")


@pytest.mark.parametrize(
    ("column", "value", "fewest"),
    [
        ("family_name", "QUILLFEATHER", FEWEST_OF_A_NAME),
        ("given_name", "ROSALIND", FEWEST_OF_A_NAME),
        ("birth_date", "1911-11-11", FEWEST_OF_A_NAME),
        ("gp_practice_code", "B86054", FEWEST_OF_A_NAME),
        ("postcode", "LS6 2AB", FEWEST_OF_A_HOME),
        ("address", "14 ELM ROAD LEEDS", FEWEST_OF_A_HOME),
        ("phone", "01632960001", FEWEST_OF_A_HOME),
        ("email", "a.person@example.org", FEWEST_OF_A_HOME),
    ],
)
def test_a_value_of_few_is_not_in_the_file(tmp_path, typed, column, value, fewest):
    told = "".join(filter(str.isalnum, value)) if column == "address" else value
    for times, held in ((fewest - 1, False), (fewest, True)):
        model = PatientModel.fit(prepare(typed(crowd(times=times, **{column: value}))))
        model.save(tmp_path / "model.json")
        saved = json.loads((tmp_path / "model.json").read_text())["frequencies"]
        assert (told in saved[column]["shares"]) is held
        text = (tmp_path / "model.json").read_text()
        assert (f'"{told}"' in text) is held


def test_nothing_of_a_household_is_in_a_model_of_a_region(tmp_path):
    """Every value in a file is held by many records: names by three, homes by fifty."""
    demo = pytest.importorskip("waitlist_merge.demo")
    people = demo.generate_region(entries=2_000, seed=5).entries
    with pytest.warns(UserWarning, match="columns not used"):
        match = match_patients(people)
    match.model.save(tmp_path / "model.json")
    saved = json.loads((tmp_path / "model.json").read_text())["frequencies"]
    held = {
        "family_name": match.records.family,
        "birth_date": match.records.birth_date,
        "postcode": match.records.postcode,
        "phone": match.records.phone,
    }
    for name, column in held.items():
        counts = dict(zip(column.values, np.bincount(column.codes[column.known]), strict=True))
        least = FEWEST_OF_A_HOME if name in HOME else FEWEST_OF_A_NAME
        few = {value for value in saved[name]["shares"] if counts.get(value, 0) < least}
        # Names that are published as common stand in every file, as often as nobody here bore them.
        assert few <= {*common_names(name)}
        for value in few:
            assert saved[name]["shares"][value] < common_names(name)[value]
    assert len(saved["family_name"]["shares"]) > 20
    assert not saved["phone"]["shares"]


def test_seen_too_rarely_is_as_never_seen(typed):
    records = prepare(typed(crowd(times=2, family_name="Quillfeather")))
    counted = PatientModel.fit(records).frequencies["family_name"]
    assert counted.of(["QUILLFEATHER", "NEVERSEEN"]).tolist() == [counted.unseen] * 2
    assert counted.of(["SMITH"])[0] > counted.unseen


def test_a_column_without_a_value_has_the_published_share():
    nobody = Coded(np.full(3, -1, dtype=np.int32), ("UNUSED",))
    found = Frequencies.counted(
        nobody,
        parts_of_people(np.ones(len(nobody.codes), np.int32)),
        before=Frequencies.published(0.01),
        least=3,
    )
    assert found.of(["UNUSED"]).tolist() == [0.01]


def test_where_all_values_are_common_another_is_rare_all_the_same():
    both = Coded(np.array([0] * 500 + [1] * 500, dtype=np.int32), ("A", "B"))
    found = Frequencies.counted(
        both,
        parts_of_people(np.ones(1000, np.int32)),
        before=Frequencies.published(0.0001),
        least=3,
    )
    assert found.unseen == pytest.approx(0.1 / 2_000)
    assert found.of(["A"])[0] == pytest.approx(498.1 / 2_000)


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "model.json"
    PatientModel.published(records=1_000).save(path)
    return path


def changed(path, change):
    held = json.loads(path.read_text())
    change(held)
    path.write_text(json.dumps(held))


DAMAGE = {
    "newer": (lambda held: held.update(version=2), "of form 2, and this .* reads form 1"),
    "no version": (lambda held: held.pop("version"), "of form unknown"),
    "not ours": (lambda held: held.update(kind="splink model"), "is no patient model"),
    "no prior": (lambda held: held.pop("prior"), "is damaged at prior"),
    "text": (lambda held: held.update(prior="a lot"), "is damaged at prior"),
    "not a share": (
        lambda held: held["frequencies"]["family_name"]["shares"].update(Quillfeather=7.0),
        "is damaged at frequencies.family_name; save",
    ),
    "not finite": (lambda held: held.update(prior=float("nan")), "is damaged at prior"),
    "a level less": (lambda held: held["fields"]["gender"].pop("other"), "not those of this"),
    "a field more": (lambda held: held["fields"].update(shoe={}), "not those of this"),
    "a column less": (lambda held: held["frequencies"].pop("area"), "not those of this"),
}


@pytest.mark.parametrize(("change", "said"), DAMAGE.values(), ids=DAMAGE)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(saved, change, said):
    changed(saved, change)
    with pytest.raises(InputError, match=said) as refused:
        PatientModel.load(saved)
    assert "\n" not in str(refused.value)
    assert "Quillfeather" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "[1]", "[" * 100_000, '"model"', "\ud800"])
def test_a_file_that_is_something_else_is_refused(tmp_path, text):
    path = tmp_path / "model.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(InputError, match="is no patient model"):
        PatientModel.load(path)


def test_a_file_that_is_not_there_is_said():
    with pytest.raises(InputError, match=r"^nowhere.json: cannot be read \(No such file"):
        PatientModel.load("nowhere.json")


def test_a_file_that_cannot_be_written_stays_as_it_was(saved, monkeypatch):
    before = saved.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="cannot be written"):
        PatientModel.published(records=7).save(saved)
    assert saved.read_bytes() == before
    assert [each.name for each in saved.parent.iterdir()] == ["model.json"]


def test_a_folder_that_is_not_there_is_said(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        PatientModel.published(records=7).save(tmp_path / "none" / "model.json")


def test_the_file_says_what_it_is_and_no_date(saved):
    held = json.loads(saved.read_text())
    assert (held["program"], held["kind"], held["version"]) == (
        "waitlist_merge",
        "patient model",
        1,
    )
    assert held["library"]
    assert held["records"] == 1_000
    assert not {"date", "written", "finished", "time"} & set(held)


def test_a_model_prints_as_a_table_and_never_names():
    model = PatientModel.published(records=1_000)
    table = model.table()
    assert table.columns.tolist() == ["field", "level", "m", "u", "weight", "basis"]
    np.testing.assert_allclose(np.log2(table["m"] / table["u"]), table["weight"])
    text = str(model)
    assert text.splitlines()[0] == "Patient model: 1,000 records, prior -12.3 bits"
    assert "birth dates with day and month exchanged" in text
    assert len(text.splitlines()) == len(table) + 2
    assert model._repr_html_().count("<tr") == len(table) + 1
    assert repr(model) == "PatientModel(1,000 records, prior -12.3 bits)"


def test_a_published_model_can_be_linked_with(typed):
    people = typed([{"family_name": "Lee", "birth_date": "1950-02-03"}] * 2)
    match = match_patients(people, model=PatientModel.published(records=2))
    assert len(match.group) == 2
