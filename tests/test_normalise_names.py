"""Names keep their letters; their comparison form is A to Z, or letters that have no Latin form."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, strategies as st

from waitlist_merge.normalise.full_names import split_full_names
from waitlist_merge.normalise.name_forms import comparison_form
from waitlist_merge.normalise.name_noise import (
    PLAIN,
    SUSPECT,
    Cleaned,
    clean_family,
    clean_given,
)
from waitlist_merge.normalise.reading import as_texts, matched

LATIN = st.text(
    st.characters(
        min_codepoint=0x20, max_codepoint=0x17F, categories=("Lu", "Ll", "Zs", "Pd", "Po")
    ),
    max_size=20,
)
WORD = st.text(string.ascii_letters, min_size=3, max_size=10).map(str.capitalize)


@given(LATIN)
def test_latin_names_fold_to_a_to_z(name):
    (form,) = comparison_form([name])
    assert set(form) <= set(string.ascii_uppercase)


@given(st.text(max_size=20))
def test_a_name_with_letters_never_has_an_empty_form(name):
    (form,) = comparison_form([name])
    silent = {"ъ", "Ъ", "ь", "Ь"}
    letters = [each for each in name if each.isalpha() and each not in silent]
    assert bool(form) or not letters


@given(st.text(max_size=20))
def test_the_form_of_a_form_is_itself(name):
    first = comparison_form([name])
    assert comparison_form(first) == first


def test_case_and_marks_do_not_matter():
    assert len(set(comparison_form(["o'neill", "O’NEILL", "O Neill", "Ó Néill"]))) == 1


def test_other_scripts_compare_by_their_own_letters():
    first, again, other = comparison_form(["李小龍", "李小龍", "王小明"])
    assert first == again
    assert first != other


@given(WORD, WORD)
def test_plain_names_pass_unchanged(family, given_name):
    noise = {"baby", "name", "was", "nee", "now", "one", "two", "boy", "girl", "male", "female"}
    plain = [each for each in (family, given_name) if each.lower() not in noise]
    assert [clean_family(each).name or each for each in plain] == plain


@given(WORD, WORD)
def test_the_order_in_a_whole_name_is_told_by_comma_and_title(family, given_name):
    texts = as_texts(
        [
            f"{family}, {given_name}",
            f"{family.upper()}, {given_name} (Mrs)",
            f"Mrs {given_name} {family}",
        ]
    )
    names = split_full_names(texts)
    last = names.family[2].split()
    assert names.family[0] == family
    assert names.family[1] == family.upper()
    assert last[-1] == family
    assert names.given[:2].tolist() == [given_name, given_name]


def test_a_column_of_titles_behind_settles_the_order_of_names_without_one():
    texts = as_texts(["Khan Ayesha (Miss)", "Patel Meera (Mrs)", "Smith John"])
    assert split_full_names(texts).family.tolist() == ["Khan", "Patel", "Smith"]


def test_without_any_sign_given_names_come_first():
    assert split_full_names(as_texts(["John Smith"])).family.tolist() == ["Smith"]


@pytest.mark.parametrize(
    "text", ["BABY OF JANE", "B/O SMITH", "Baby Boy", "TWIN 2", "Infant", "F/I"]
)
def test_children_without_a_name_have_none(text):
    cleaned = clean_given(text)
    assert cleaned.name is None
    assert cleaned.stand_in


@given(st.text(max_size=30))
def test_no_text_breaks_the_cleaning(text):
    for clean in (clean_family, clean_given):
        name = clean(text).name
        assert name is None or name.strip()


@given(st.text(max_size=30))
def test_cleaning_again_changes_nothing(text):
    for clean in (clean_family, clean_given):
        once = clean(text).name
        twice = clean(once).name if once else None
        assert once == twice


@given(
    st.lists(
        st.lists(
            st.sampled_from(["anne", "O'Neill", "baby", "mr", "of", "I", "Łucja", "Ãª", "nee"])
        )
        .map(" ".join)
        .filter(bool),
        min_size=1,
        max_size=10,
    )
    | st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=10)
)
def test_names_that_are_not_cleaned_would_clean_to_themselves(texts):
    names = as_texts(texts)
    plain = matched(names, PLAIN) & ~matched(names, SUSPECT)
    for text in names[plain]:
        assert clean_family(text) == clean_given(text) == Cleaned(text)
