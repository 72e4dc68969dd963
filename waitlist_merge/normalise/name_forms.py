"""The form in which two spellings of one name are compared: capitals A to Z only.

Diacritics are folded, punctuation and spaces go, letters of other alphabets with a settled
transliteration (Greek, Cyrillic, Icelandic, Polish ...) become Latin. Letters without one (Chinese,
Arabic ...) stay as they are: two such names still compare, and none is like an empty name. Empty
means that there is no letter at all, which is missing and agrees with nothing.

>>> comparison_form(["O'Neill-Þórsson", "Łukasz", "Straße", "Дмитрий", "李明", "--"])
['ONEILLTHORSSON', 'LUKASZ', 'STRASSE', 'DMITRII', '李明', '']
"""

from __future__ import annotations

import re
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


_STROKED = re.compile(r"^LATIN (?:CAPITAL|SMALL) LETTER ([A-Z]{1,2})(?: WITH .+)?$")
"""Latin letters that Unicode names after a plain one but does not decompose: L WITH BAR."""


def _latin(letter: str) -> str:
    """A letter in A to Z where it has such a form, itself where it has none, else nothing."""
    if letter.isascii():
        return letter if letter.isalpha() else ""
    kind = unicodedata.category(letter)
    if kind == "Lm" or not (letter.isalpha() or kind == "Mc"):
        return ""
    plain = _STROKED.match(unicodedata.name(letter, ""))
    return plain[1] if plain else letter


def _folded(name: str) -> str:
    latin = name.upper().translate(_TO_LATIN)
    apart = unicodedata.normalize("NFKD", latin).upper().translate(_TO_LATIN)
    return "".join(map(_latin, apart))


def comparison_form(values: Iterable[str]) -> list[str]:
    """The comparison form of each name, in the order given; a name of no letters is empty."""
    names = as_texts(values)
    plain = matched(names, r"^[\x00-\x7f]*$")
    capitals = pc.ascii_upper(pa.array(names, pa.string())).to_numpy(zero_copy_only=False)
    forms = replaced(capitals, "[^A-Z]+")
    for position in np.flatnonzero(~plain):
        forms[position] = _folded(names[position])
    return list(forms)
