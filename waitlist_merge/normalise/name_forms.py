"""The form in which two spellings of one name are compared: capitals A to Z only.

Diacritics are folded, punctuation and spaces go, letters of other alphabets with a settled
transliteration (Greek, Cyrillic, Icelandic, Polish ...) become Latin. Letters without one (Chinese,
Arabic ...) stay as they are: two such names still compare, and none is like an empty name. Empty
means that there is no letter at all, which is missing and agrees with nothing.

>>> comparison_form(["O'Neill-Þórsson", "Łukasz", "Straße", "Дмитрий", "李明", "--"])
['ONEILLTHORSSON', 'LUKASZ', 'STRASSE', 'DMITRII', '李明', '']
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from waitlist_merge.normalise.reading import as_texts, matched, replaced
from waitlist_merge.reference import load

_LETTERS: Final = load("letters")
_TO_LATIN: Final = str.maketrans(dict(zip(_LETTERS["letter"], _LETTERS["latin"], strict=True)))


def _folded(name: str) -> str:
    latin = name.upper().translate(_TO_LATIN)
    apart = unicodedata.normalize("NFKD", latin).upper().translate(_TO_LATIN)
    return "".join(each for each in apart if each.isalpha() or unicodedata.category(each) == "Mc")


def comparison_form(values: Iterable[str]) -> list[str]:
    """The comparison form of each name, in the order given; a name of no letters is empty."""
    names = as_texts(values)
    plain = matched(names, r"^[\x00-\x7f]*$")
    capitals = pc.ascii_upper(pa.array(names, pa.string())).to_numpy(zero_copy_only=False)
    forms = replaced(capitals, "[^A-Z]+")
    for position in np.flatnonzero(~plain):
        forms[position] = _folded(names[position])
    return list(forms)
