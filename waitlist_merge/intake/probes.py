"""Whether the values of a column look like a field.

Two questions about a sample of distinct values, each answered by a share from 0 to 1: could they be
values of the field at all (``fits``), and are they such that hardly any other field has them
(``proves``)? A heading that its values contradict is not believed; one that they prove is believed
more. Values are only looked at here; what they mean is decided by ``normalise``.

>>> fits("birth_date", sample(["12/03/1962", "1948-11-30", "NULL"]))
1.0
>>> fits("birth_date", sample(["Trauma and orthopaedics"]))
0.0
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, compress

import numpy as np

from waitlist_merge.intake.forms import (
    CANCER_FLAG,
    FLAG,
    HASH,
    LETTER,
    LIST_TYPE,
    MONTHS,
    OPCS,
    PERSON_CODE,
    POSTCODE,
    PRACTICE,
    PRIORITY_TYPE,
    PROCEDURE,
    RTT_STATUS,
    SEX,
    WAIT,
    YES_OR_NO,
    has_several_words,
    is_code_like,
    is_date_like,
    is_identifier_like,
    is_like_nhs_number,
    is_name_like,
    is_no_written_date,
    is_place_code,
    is_practice_code,
    is_surely_date,
    is_whole_name,
    is_written_date,
    without_separators,
)
from waitlist_merge.normalise.nhs_numbers import check_digit_holds
from waitlist_merge.normalise.reading import BLANK, PLACEHOLDER_WORDS, as_texts, matched
from waitlist_merge.normalise.treatment_functions import read_treatment_functions
from waitlist_merge.schema import DATE_FIELDS

__all__ = [
    "IDENTIFIER_FIELDS",
    "NAME_FIELDS",
    "SAMPLE_SIZE",
    "Sample",
    "fits",
    "proves",
    "sample",
    "samples_of",
    "share_of_dates",
    "share_of_hashes",
    "share_of_nhs_numbers",
]

SAMPLE_SIZE = 500
"""So many distinct values are looked at: a share of 0.9 is then known to within three per cent."""

NHS_DIGITS = 10
"""Digits of an NHS number."""

FEW = 100
"""Enough where dates are to be told from all else: a column seldom holds both."""

MOST_KINDS = 60
"""A field of a short national list has no more distinct values than this, however mistyped."""

MOST_CENSUSES = 31
"""One list is of one day, or of a month's days; a column of more dates is of something else."""

MOST_PLACES = 400
"""Sites and providers that one list can name; a column with more holds people's numbers."""

Sample = tuple[str, ...]
Probe = Callable[[str], bool]


def _matches(pattern: re.Pattern[str]) -> Probe:
    return lambda text: pattern.fullmatch(text) is not None


IDENTIFIER_FIELDS = (
    "local_patient_identifier",
    "patient_pathway_identifier",
    "unique_booking_reference_number",
    "referral_identifier",
    "waiting_list_entry_identifier",
)
"""Fields whose values name a person's place at one organisation, in any letters and digits."""

_CODE_FIELDS = (
    "organisation",
    "site_code",
    "gp_practice_code",
    "referring_organisation",
    "pathway_identifier_issuer",
    "mutual_aid_provider",
)

NAME_FIELDS = ("family_name", "given_name", "middle_name", "previous_family_name", "full_name")
"""Fields that hold a person's name or a part of it."""

ADMISSION_METHOD = re.compile(r"1[123]|81")
"""Codes of elective admission methods (domain 1.6): a column of them is no list type."""

HOUSE_NUMBER = 4
"""Characters of the longest house number; a longer number without a letter is no address."""

_FITS: Mapping[str, Probe] = (
    dict.fromkeys(DATE_FIELDS, is_date_like)
    | dict.fromkeys(IDENTIFIER_FIELDS, is_identifier_like)
    | dict.fromkeys(_CODE_FIELDS, is_code_like)
    | dict.fromkeys(("organisation", "site_code", "mutual_aid_provider"), is_place_code)
    | dict.fromkeys((*NAME_FIELDS, "title"), is_name_like)
    | {
        "full_name": has_several_words,
        "gp_practice_code": is_practice_code,
        "nhs_number": is_like_nhs_number,
        "nhs_number_status": lambda text: len(text) <= 2 or not is_identifier_like(text),
        "person_key": lambda text: len(text) >= 6 and not is_written_date(text),
        "postcode": _matches(re.compile(r"[A-Z]{1,2}\d.*")),
        "gender": _matches(SEX),
        "ethnic_category": lambda text: len(text) <= 3 or not any(c.isdigit() for c in text[1:]),
        "phone": lambda text: len(re.sub(r"\D", "", text)) >= 9,
        "email": lambda text: "@" in text,
        "priority_code": _matches(re.compile(r"P? ?[1-6][AB]?([ -].*)?")),
        "diagnostic_priority": _matches(re.compile(r"D? ?[1-6]([ -].*)?")),
        "priority_type": _matches(PRIORITY_TYPE),
        "laterality": _matches(
            re.compile(r"[LRBU]|[LR]T|(LEFT|RIGHT|BI|UNI|BOTH|NOT|Z94).*|[1-9]")
        ),
        "stated_wait": _matches(WAIT),
        "rtt_status": lambda text: not is_date_like(text) and len(text) <= 60,
        "treatment_function_code": is_no_written_date,
        "main_specialty_code": is_no_written_date,
        "procedure_code": _matches(OPCS),
        "procedure_text": lambda text: LETTER.search(text) is not None and not OPCS.fullmatch(text),
        "suspected_cancer": _matches(CANCER_FLAG),
        "restricted": _matches(FLAG),
        "waiting_list_type": lambda text: (
            not is_written_date(text)
            and YES_OR_NO.fullmatch(text) is None
            and ADMISSION_METHOD.fullmatch(text) is None
        ),
        "admission_method": is_no_written_date,
        "intended_management": is_no_written_date,
        "source_of_referral": is_no_written_date,
        "consultant_code": is_no_written_date,
        "consultant_name": is_name_like,
        "referrer_code": lambda text: len(text) > 2 and not is_written_date(text),
        "referring_organisation": lambda text: (
            len(text) > 2 and is_code_like(text) and not PERSON_CODE.match(text)
        ),
        "address": lambda text: (
            not is_written_date(text)
            and (LETTER.search(text) is not None or len(text) <= HOUSE_NUMBER)
        ),
        "birth_day": _matches(re.compile(r"0?[1-9]|[12]\d|3[01]")),
        "birth_month": _matches(re.compile(rf"0?[1-9]|1[0-2]|({MONTHS}).*")),
        "birth_year": _matches(re.compile(r"(18|19|20)\d\d")),
    }
)

_MOST: Mapping[str, int] = (
    dict.fromkeys(
        (
            "gender",
            "nhs_number_status",
            "rtt_status",
            "admission_method",
            "intended_management",
            "priority_type",
            "priority_code",
            "diagnostic_priority",
            "laterality",
            "suspected_cancer",
            "restricted",
        ),
        MOST_KINDS,
    )
    | dict.fromkeys(("organisation", "site_code", "mutual_aid_provider"), MOST_PLACES)
    | {"census_date": MOST_CENSUSES}
)

_PROVES: Mapping[str, Probe] = {
    "postcode": _matches(POSTCODE),
    "email": lambda text: "@" in text,
    "phone": _matches(re.compile(r"(\+44|0044|0)[\d ()-]{9,14}")),
    "gp_practice_code": _matches(re.compile(PRACTICE)),
    "priority_code": _matches(re.compile(r"P ?[1-6][AB]?([ -].*)?|[4-6]")),
    "diagnostic_priority": _matches(re.compile(r"D[1-6]([ -].*)?")),
    "priority_type": lambda text: PRIORITY_TYPE.fullmatch(text) is not None and not text.isdigit(),
    "rtt_status": _matches(RTT_STATUS),
    "source_of_referral": _matches(re.compile(r"0?[1-7]|1[0-7]|9[1-9]")),
    "waiting_list_type": _matches(LIST_TYPE),
    "procedure_code": _matches(OPCS),
    "procedure_text": lambda text: PROCEDURE.search(text) is not None,
    "full_name": is_whole_name,
    "unique_booking_reference_number": lambda text: bool(
        re.fullmatch(r"\d{12}", without_separators(text))
    ),
}


def sample(values: Iterable[str]) -> Sample:
    """The distinct values to look at, in capitals, stand-ins for "no value" left out."""
    return samples_of([values])[0]


def samples_of(columns: Sequence[Iterable[str]]) -> list[Sample]:
    """The sample of each column; the texts of all are looked at together, which is quicker.

    >>> samples_of([["b", "a", "B "], ["NULL"]])
    [('B', 'A'), ()]
    """
    texts = [
        list(dict.fromkeys(" ".join(each.upper().split()) for each in values)) for values in columns
    ]
    whole = as_texts(chain.from_iterable(texts))
    says = ~(matched(whole, BLANK) | matched(whole, PLACEHOLDER_WORDS))
    ends = np.cumsum([len(values) for values in texts])
    return [
        tuple(compress(values, which))[:SAMPLE_SIZE]
        for values, which in zip(texts, np.split(says, ends[:-1]), strict=True)
    ]


def _share(values: Sequence[str], probe: Probe) -> float:
    return sum(map(probe, values)) / len(values)


def _share_of_services(values: Sample) -> float:
    read = read_treatment_functions(as_texts(values)).values
    return float(np.mean([each is not None for each in read]))


def fits(field: str, values: Sample) -> float:
    """Share of the values that can be of this field; 1 where that cannot be told.

    A field of few kinds has no column of many distinct values.
    """
    probe = _FITS.get(field)
    if len(values) > _MOST.get(field, SAMPLE_SIZE):
        return 0.0
    return 1.0 if probe is None or not values else _share(values, probe)


def proves(field: str, values: Sample) -> float:
    """Share of the values that hardly any other field has; 0 where that cannot be told."""
    if field == "treatment_function_code" and values:
        return _share_of_services(values)
    probe = _PROVES.get(field)
    return 0.0 if probe is None or not values else _share(values, probe)


def share_of_dates(values: Sample) -> float:
    """Share of the values that are dates beyond doubt; bare numbers only as CCYYMMDD."""
    return _share(values[:FEW], is_surely_date) if values else 0.0


def share_of_nhs_numbers(values: Sample) -> float:
    """Share of the values that are ten digits of which the check digit holds (mod 11)."""
    long = (text for text in values if len(text) >= NHS_DIGITS)
    bare = map(without_separators, long)
    tens = [text for text in bare if len(text) == NHS_DIGITS and text.isascii() and text.isdigit()]
    return float(check_digit_holds(tens).sum()) / len(values) if tens else 0.0


def share_of_hashes(values: Sample) -> float:
    """Share of the values that look like a pseudonym: long, letters and digits, no spaces."""
    return _share(values, _matches(HASH)) if values else 0.0
