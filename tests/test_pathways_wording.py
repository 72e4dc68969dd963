"""Words of a procedure: what is one operation, what is none, what belongs to a side."""

from __future__ import annotations

import numpy as np
import pytest

from waitlist_merge.pathways.services import procedure_of_text
from waitlist_merge.pathways.wording import alike, form, is_of_pair


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("excision pilonidal sinus", "Pilonidal sinus - excision of", True),
        ("excision pilonidal sinus", "excision pilonidal sinnus", True),
        ("excision pilonidal sinus", "excision of anal skin tag", False),
        ("urethral dilatation", "oesophageal dilatation", False),
        ("R thumb trapeziectomy", "trapeziectomy thumb (L)", True),
        ("see letter", "see letter", False),
        ("biopsy", "biopsy", False),
        ("", "", False),
    ],
)
def test_texts_are_one_operation_only_where_they_say_what_is_done_to_what(one, other, same):
    forms = sorted({form(one), form(other)} - {""})
    words = np.array([forms.index(form(each)) if form(each) else -1 for each in (one, other)])
    found = alike(words.astype(np.int32), forms, np.array([0, 1]), np.array([1, 0]))
    assert found.tolist() == [same, same]


@pytest.mark.parametrize(
    ("text", "procedure"),
    [
        ("lap cholecystectmy", "gallbladder removal"),
        ("tonsilectomy", "tonsil removal"),
        ("colposcopy", ""),
        ("iol", "cataract"),
        ("otl", ""),
        ("hip", ""),
    ],
)
def test_a_slip_of_the_pen_is_forgiven_in_long_names_only(text, procedure):
    assert procedure_of_text(text) == procedure


@pytest.mark.parametrize(
    ("text", "paired"),
    [("excision lesion scalp", True), ("fusion toes", True), ("excision pilonidal sinus", False)],
)
def test_what_has_a_side_or_many_places_needs_it(text, paired):
    assert is_of_pair(form(text)) == paired
