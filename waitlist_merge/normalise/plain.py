"""Which texts are in normal form, so that reading changes nothing and finds no fault?

Most of a column of identifiers is what its reader would make of it. One narrow pattern over the
column tells so, without a Python object for each text; only the others go to the field's reader.

>>> words = pa.array(["LS6 2AB", "ls62ab"], pa.large_string())
>>> plainly("postcode", words)[1].tolist()
[True, False]
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from waitlist_merge.normalise.nhs_numbers import is_nhs_number
from waitlist_merge.normalise.reading import Mask, matched

_IDENTIFIER: Final = r"^[A-Z]{0,3}[0-9]*[1-8][0-9]*$"
_UBRN: Final = "|".join(f"[09]{{{at}}}[1-8][0-9]{{{11 - at}}}" for at in range(12))
_ORGANISATION: Final = r"^(?:R[A-Z0-9]{2}(?:[0-9][A-Z0-9]{0,5})?|[A-Z]{1,2}[0-9][A-Z0-9]{1,6})$"
_LINE: Final = r"[A-Za-z0-9'-]+(?: [A-Za-z0-9'-]+)*"

_PATTERNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "local_patient_identifier": _IDENTIFIER,
        "patient_pathway_identifier": _IDENTIFIER,
        "referral_identifier": _IDENTIFIER,
        "waiting_list_entry_identifier": _IDENTIFIER,
        "unique_booking_reference_number": f"^(?:{_UBRN})$",
        "site_code": _ORGANISATION,
        "pathway_identifier_issuer": _ORGANISATION,
        "referring_organisation": _ORGANISATION,
        "mutual_aid_provider": _ORGANISATION,
        "postcode": r"^[A-Y][A-Z]?[0-9][A-Z0-9]? [0-9][A-Z]{2}$",
        "address": rf"^[0-9]+[A-Z]? {_LINE}(?:, {_LINE})*$",
        "phone": r"^0[1-9][0-9]{2}[1-9][0-9]{3}[02-9][0-9]{1,2}$",
        "email": r"^[b-z][a-z]*[.][a-z]+[0-9]*@[a-z]+[.][a-z]+$",
        "gp_practice_code": r"^[A-HJ-UW-Y][0-9]{5}$",
        "comments": r"^[A-Za-z0-9][ -~]* [ -~]*[!-~]$",
    }
)
"""RE2 patterns, narrower than the readers: what fits is read as itself (tested beside them)."""

PLAIN_FIELDS: Final = frozenset({"nhs_number", *_PATTERNS})
"""The fields of which a text can be known to be plain: columns of mostly different texts."""


def plainly(name: str, words: pa.Array) -> tuple[pa.Array, Mask]:
    """The values of a column of ``PLAIN_FIELDS``, and for which texts these are what they mean.

    The value is the text, but for the spaces in an NHS number.
    """
    if name == "nhs_number":
        bare = pc.replace_substring(words, " ", "") if pc.any(_spaced(words)).as_py() else words
        return bare, is_nhs_number(bare)
    return words, matched(words, _PATTERNS[name])


def _spaced(words: pa.Array) -> pa.BooleanArray:
    return pc.match_substring(words, " ")
