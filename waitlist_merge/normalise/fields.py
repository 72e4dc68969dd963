"""The reader of each field that one column is enough for.

>>> from waitlist_merge.normalise.reading import as_texts
>>> READERS["gender"](as_texts(["Female"])).values.tolist()
['2']
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from waitlist_merge.normalise.codes import read_codes
from waitlist_merge.normalise.columns import TextColumn, as_words
from waitlist_merge.normalise.contacts import read_addresses, read_emails, read_phones
from waitlist_merge.normalise.identifiers import (
    read_booking_references,
    read_identifiers,
    read_person_keys,
)
from waitlist_merge.normalise.memory import Remembered
from waitlist_merge.normalise.nhs_numbers import read_nhs_numbers
from waitlist_merge.normalise.organisations import read_organisations, read_practices
from waitlist_merge.normalise.plain import PLAIN_FIELDS, plainly
from waitlist_merge.normalise.postcodes import read_postcodes
from waitlist_merge.normalise.reading import (
    PLACEHOLDER_WORDS,
    Reading,
    Texts,
    is_blank,
    matched,
    missing,
    replaced,
)
from waitlist_merge.normalise.treatment_functions import (
    read_main_specialties,
    read_treatment_functions,
)
from waitlist_merge.normalise.typed import TypedColumn, text_column, with_changes
from waitlist_merge.reasons import Fault

Reader = Callable[[Texts], Reading]

_NO_NEED = r"(?i)^(?:n|no|none(?: (?:known|required|recorded))?|false|0|not required)$"


def read_words(texts: Texts) -> Reading:
    """Short text with single spaces; words for none are placeholders."""
    tidy = replaced(replaced(texts, r"[\s\p{Z}]+", " "), r"^ | $")
    blank = is_blank(texts)
    placeholder = ~blank & matched(texts, PLACEHOLDER_WORDS)
    values = missing(len(texts))
    usable = ~(blank | placeholder)
    values[usable] = tidy[usable]
    return Reading(values, {Fault.PLACEHOLDER: placeholder})


def read_comments(texts: Texts) -> Reading:
    """Free text as sent, without white space at its ends."""
    values = replaced(texts, r"^[\s\p{Z}]+|[\s\p{Z}]+$")
    values[is_blank(texts)] = None
    return Reading(values)


def read_needs(texts: Texts) -> Reading:
    """Needs in words; a plain no is no need and no fault."""
    reading = read_words(texts)
    reading.values[matched(reading.values, _NO_NEED)] = None
    return reading


def _coded(*names: str) -> dict[str, Reader]:
    return {name: partial(read_codes, name) for name in names}


READERS: Final[Mapping[str, Reader]] = MappingProxyType(
    {
        "organisation": partial(read_organisations, trust_level=True),
        "site_code": read_organisations,
        "nhs_number": read_nhs_numbers,
        "person_key": read_person_keys,
        "local_patient_identifier": read_identifiers,
        "postcode": read_postcodes,
        "address": read_addresses,
        "phone": read_phones,
        "email": read_emails,
        "gp_practice_code": read_practices,
        "communication_needs": read_needs,
        "patient_pathway_identifier": read_identifiers,
        "pathway_identifier_issuer": read_organisations,
        "unique_booking_reference_number": read_booking_references,
        "referral_identifier": read_identifiers,
        "waiting_list_entry_identifier": read_identifiers,
        "referring_organisation": read_organisations,
        "referrer_code": read_identifiers,
        "consultant_code": read_identifiers,
        "treatment_function_code": read_treatment_functions,
        "main_specialty_code": read_main_specialties,
        "sub_specialty": read_words,
        "removal_reason": read_words,
        "transfer_status": read_words,
        "mutual_aid_provider": read_organisations,
        "comments": read_comments,
        **_coded(
            "nhs_number_status",
            "gender",
            "ethnic_category",
            "source_of_referral",
            "rtt_status",
            "waiting_list_type",
            "admission_method",
            "intended_management",
        ),
    }
)
"""Text fields with a column of their own; names, priority, procedure and side take several."""


def _with_changes(read: Reader) -> Reader:
    return lambda texts: with_changes(read(texts), texts)


_READ: Final[Mapping[str, Reader]] = MappingProxyType(
    {name: Remembered(_with_changes(read)) for name, read in READERS.items()}
)


def read_column(name: str, column: TextColumn) -> TypedColumn:
    """The column of a field of ``READERS``; plain texts are read as they are.

    >>> import pandas as pd
    >>> from waitlist_merge.normalise.columns import encode
    >>> column = encode(pd.Series(["LS6 2AB", "ls62ab"]))
    >>> read_column("postcode", column).values.tolist()
    ['LS6 2AB', 'LS6 2AB']
    """
    if name not in PLAIN_FIELDS:
        reading = _READ[name](column.texts)
        return text_column(column, as_words(reading.values), reading, np.arange(len(column.words)))
    values, plain = plainly(name, column.words)
    rest = np.flatnonzero(~plain)
    if not len(rest):
        return text_column(column, values, Reading(missing(0)), rest)
    reading = _READ[name](column.words.take(pa.array(rest)).to_numpy(zero_copy_only=False))
    values = pc.replace_with_mask(values, pa.array(~plain), as_words(reading.values))
    return text_column(column, values, reading, rest)
