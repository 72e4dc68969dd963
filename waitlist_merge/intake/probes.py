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
from functools import cache

from waitlist_merge.normalise.nhs_numbers import check_digit_holds
from waitlist_merge.normalise.reading import BLANK, PLACEHOLDER_WORDS, as_texts, matched
from waitlist_merge.reference import load
from waitlist_merge.schema import DATE_FIELDS

__all__ = [
    "IDENTIFIER_FIELDS",
    "NAME_FIELDS",
    "PRACTICE",
    "SAMPLE_SIZE",
    "Sample",
    "fits",
    "is_date_like",
    "proves",
    "sample",
    "share_of_dates",
    "share_of_hashes",
    "share_of_nhs_numbers",
]

SAMPLE_SIZE = 1_000
"""So many distinct values are looked at: the share is then known to within three per cent."""

MOST_KINDS = 60
"""A field of a short national list has no more distinct values than this, however mistyped."""

LONGEST_PLACE = 6
"""Characters of the longest ODS code of a provider or site."""

MOST_PLACES = 400
"""Sites and providers that one list can name; a column with more holds people's numbers."""

PRACTICE = r"[A-HJ-NP]8[1-9]\d{3}|Y\d{5}|W9\d{4}|[A-Z]8199[79]"
"""Codes of GP practices in England and Wales, and the defaults V81997 to V81999 (domain 6)."""

Sample = tuple[str, ...]
Probe = Callable[[str], bool]

_MONTHS = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|SEPT|OCT|NOV|DEC"
_DATE = re.compile(
    rf"""(\d{{1,2}}[-/. ]\d{{1,2}}[-/. ]\d{{2}}(\d{{2}})?     # 3/2/62, 03.02.1962
    |\d{{4}}[-/. ]\d{{1,2}}[-/. ]\d{{1,2}}                    # 1962-02-03
    |(18|19|20|21|29|99)\d{{6}}(\d{{4,6}})?                   # 19620203, with a time
    |\d{{1,2}}(18|19|20)\d{{5}}|[0-3]\d[01]\d(19|20)\d\d      # 03021962
    |\d{{1,2}}(ST|ND|RD|TH)?[-/. ]*({_MONTHS})[A-Z]*[-/. ,]*\d{{2}}(\d{{2}})?
    |({_MONTHS})[A-Z]*[-/. ]*\d{{1,2}}(ST|ND|RD|TH)?[-/. ,]+\d{{2}}(\d{{2}})?
    |[1-7]\d{{4}}(\.\d+)?)                                    # an Excel serial
    ([ T].*)?""",
    re.VERBOSE,
)
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}")
_ANY_PRACTICE = re.compile(rf"{PRACTICE}|[A-Z]\d{{5}}|\d{{3,5}}|[A-Z0-9]{{3,5}}")
_STRICT_DATE = re.compile(
    r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(19|20)\d\d"
)
_OPCS = re.compile(r"[A-HJ-Z]\d{2}\.?\d?([ :-].*)?")
_TITLES = re.compile(r"\b(MR|MRS|MS|MISS|MASTER|MX|DR|REV|SIR|LADY|PROF)\b")
_PROCEDURE = re.compile(
    r"\b(LEFT|RIGHT|BILATERAL|REPLACEMENT|REPAIR|EXCISION|REMOVAL|INJECTION|BIOPSY|HERNIA|"
    r"CATARACT|FUSION|RELEASE|REVISION|HIP|KNEE|\w+(ECTOMY|OSCOPY|PLASTY|OTOMY|OSTOMY|GRAPHY))\b"
)
_HASH = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9+/=_-]{16,}")
_WAIT = re.compile(r"-?\d{1,4}(\.\d+)?( ?(DAYS?|W(EE)?KS?|W|D))?")
_SEX = re.compile(r"[0-39MFUXIN]|MALE|FEMALE|[129] ?- ?.*|NOT .*|INDETERMINATE|OTHER|NON.?BINARY")
_RTT = re.compile(r"(1[0-2]|2[01]|3[0-6]|9[0-289])( ?[-:] ?.*)?")
_TYPE = re.compile(
    r"[1-3]|0[1-3]|[RU]|ROUTINE.*|.*URGENT.*|SOON|.*(TWO|2) ?-?W.*|.*CANCER.*|USC|[1-3] ?-.*"
)
_LIST = re.compile(r"[IOD](RTT|NON)|(RTT|P[TL]{2})[IO01]|(NON.?)?ADMITTED.*|(IN|OUT).?PATIENT.*")
_FLAG = re.compile(r"[YNTF01SR]|YES.*|NO( .*)?|TRUE|FALSE|2WW|.*SUSPECTED.*|RESTRICTED|SENSITIVE")
_CODE = re.compile(r"(?P<code>[A-Z0-9]{2,12})( ?[-:] .*)?")
_SERVICE = re.compile(r"(C_)?(?P<code>[A-Z0-9]{3})(00)?( ?[-:] ?.*)?")
_LETTER = re.compile(r"[^\W\d_]")


def _matches(pattern: re.Pattern[str]) -> Probe:
    return lambda text: pattern.fullmatch(text) is not None


def is_date_like(text: str) -> bool:
    """True where the text has the shape of a date, however written.

    >>> [is_date_like(each) for each in ("3 March 1962", "01-JAN-26 00:00", "9990000018")]
    [True, True, False]
    """
    return _DATE.fullmatch(text.strip().upper()) is not None


def _digits(text: str) -> str:
    return re.sub(r"[\s\-.]", "", text)


def _like_nhs_number(text: str) -> bool:
    return sum(letter.isdigit() for letter in text) >= 6 and not is_date_like(text)


def _name_like(text: str) -> bool:
    return _LETTER.search(text) is not None and sum(each.isdigit() for each in text) < 3


def _whole_name(text: str) -> bool:
    parts = re.split(r"[,\s]+", text.strip())
    named = "," in text or bool(_TITLES.search(text)) or len(parts) in {2, 3}
    return _name_like(text) and named and not _PROCEDURE.search(text)


def _several_words(text: str) -> bool:
    return _name_like(text) and re.search(r"\S[,\s]+\S", text) is not None


def _identifier_like(text: str) -> bool:
    return any(each.isdigit() for each in text) and not _written_date(text) and len(text) <= 64


def _written_date(text: str) -> bool:
    return is_date_like(text) and not text.isalnum()


def _code_like(text: str) -> bool:
    """An ODS code, alone or before its name: three letters at least, longer ones have a digit."""
    found = _CODE.fullmatch(text)
    return found is not None and (len(found["code"]) == 3 or any(map(str.isdigit, found["code"])))


def _place_code(text: str) -> bool:
    """A code of a provider or site: up to six characters, and no practice's or person's code."""
    found = _CODE.fullmatch(text)
    if found is None or not _code_like(text):
        return False
    code = found["code"]
    return len(code) <= LONGEST_PLACE and not re.fullmatch(rf"\d{{6,}}|{PRACTICE}", code)


def _practice_code(text: str) -> bool:
    return _ANY_PRACTICE.fullmatch(text.split(" ")[0]) is not None and _code_like(text)


@cache
def _services() -> tuple[frozenset[str], frozenset[str]]:
    """Codes of treatment functions, and their names in plain capitals."""
    listed = load("treatment_functions")
    return frozenset(listed["code"]), frozenset(map(_plain, listed["name"]))


def _plain(name: str) -> str:
    return re.sub(r"[^A-Z]", "", name.upper().replace("&", "AND"))


def _treatment_function(text: str) -> bool:
    codes, names = _services()
    code = _SERVICE.fullmatch(text)
    return (code is not None and code["code"] in codes) or _plain(text) in names


def _no_date(text: str) -> bool:
    return not _written_date(text)


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

_FITS: Mapping[str, Probe] = (
    dict.fromkeys(DATE_FIELDS, is_date_like)
    | dict.fromkeys(IDENTIFIER_FIELDS, _identifier_like)
    | dict.fromkeys(_CODE_FIELDS, _code_like)
    | dict.fromkeys(("organisation", "site_code", "mutual_aid_provider"), _place_code)
    | dict.fromkeys((*NAME_FIELDS, "title"), _name_like)
    | {
        "full_name": _several_words,
        "gp_practice_code": _practice_code,
        "nhs_number": _like_nhs_number,
        "nhs_number_status": lambda text: len(text) <= 2 or not _identifier_like(text),
        "person_key": lambda text: len(text) >= 6 and not _written_date(text),
        "postcode": _matches(re.compile(r"[A-Z]{1,2}\d.*")),
        "gender": _matches(_SEX),
        "ethnic_category": lambda text: len(text) <= 3 or not any(c.isdigit() for c in text[1:]),
        "phone": lambda text: len(re.sub(r"\D", "", text)) >= 9,
        "email": lambda text: "@" in text,
        "priority_code": _matches(re.compile(r"P? ?[1-6][AB]?([ -].*)?")),
        "diagnostic_priority": _matches(re.compile(r"D? ?[1-6]([ -].*)?")),
        "priority_type": _matches(_TYPE),
        "laterality": _matches(
            re.compile(r"[LRBU]|[LR]T|(LEFT|RIGHT|BI|UNI|BOTH|NOT|Z94).*|[1-9]")
        ),
        "stated_wait": _matches(_WAIT),
        "rtt_status": lambda text: not is_date_like(text) and len(text) <= 60,
        "treatment_function_code": _no_date,
        "main_specialty_code": _no_date,
        "procedure_code": _matches(_OPCS),
        "procedure_text": lambda text: (
            _LETTER.search(text) is not None and not _OPCS.fullmatch(text)
        ),
        "suspected_cancer": _matches(_FLAG),
        "restricted": _matches(_FLAG),
        "waiting_list_type": _no_date,
        "admission_method": _no_date,
        "intended_management": _no_date,
        "source_of_referral": _no_date,
        "consultant_code": _no_date,
        "consultant_name": _name_like,
        "referrer_code": lambda text: len(text) > 2 and not _written_date(text),
        "referring_organisation": lambda text: len(text) > 2 and _code_like(text),
        "address": _no_date,
        "birth_day": _matches(re.compile(r"0?[1-9]|[12]\d|3[01]")),
        "birth_month": _matches(re.compile(rf"0?[1-9]|1[0-2]|({_MONTHS}).*")),
        "birth_year": _matches(re.compile(r"(18|19|20)\d\d")),
    }
)

_MOST: Mapping[str, int] = dict.fromkeys(
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
) | dict.fromkeys(("organisation", "site_code", "mutual_aid_provider"), MOST_PLACES)

_PROVES: Mapping[str, Probe] = {
    "postcode": _matches(_POSTCODE),
    "email": lambda text: "@" in text,
    "phone": _matches(re.compile(r"(\+44|0044|0)[\d ()-]{9,14}")),
    "gp_practice_code": _matches(re.compile(PRACTICE)),
    "priority_code": _matches(re.compile(r"P ?[1-6][AB]?([ -].*)?|[4-6]")),
    "diagnostic_priority": _matches(re.compile(r"D[1-6]([ -].*)?")),
    "priority_type": lambda text: _TYPE.fullmatch(text) is not None and not text.isdigit(),
    "rtt_status": _matches(_RTT),
    "source_of_referral": _matches(re.compile(r"0?[1-7]|1[0-7]|9[1-9]")),
    "waiting_list_type": _matches(_LIST),
    "procedure_code": _matches(_OPCS),
    "procedure_text": lambda text: _PROCEDURE.search(text) is not None,
    "full_name": _whole_name,
    "treatment_function_code": _treatment_function,
    "unique_booking_reference_number": lambda text: bool(re.fullmatch(r"\d{12}", _digits(text))),
}


def sample(values: Iterable[str]) -> Sample:
    """The distinct values to look at, in capitals, stand-ins for "no value" left out."""
    found = as_texts(dict.fromkeys(" ".join(each.upper().split()) for each in values))
    stand_in = matched(found, BLANK) | matched(found, PLACEHOLDER_WORDS)
    return tuple(found[~stand_in][:SAMPLE_SIZE].tolist())


def _share(values: Sequence[str], probe: Probe) -> float:
    return sum(map(probe, values)) / len(values)


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
    probe = _PROVES.get(field)
    return 0.0 if probe is None or not values else _share(values, probe)


def share_of_dates(values: Sample) -> float:
    """Share of the values that are dates beyond doubt; bare numbers only as CCYYMMDD and the like."""
    return _share(values, _surely_date) if values else 0.0


def _surely_date(text: str) -> bool:
    return _written_date(text) or _STRICT_DATE.fullmatch(text) is not None


def share_of_nhs_numbers(values: Sample) -> float:
    """Share of the values that are ten digits of which the check digit holds (mod 11)."""
    tens = [digits for digits in map(_digits, values) if re.fullmatch(r"\d{10}", digits)]
    return float(check_digit_holds(tens).sum()) / len(values) if tens else 0.0


def share_of_hashes(values: Sample) -> float:
    """Share of the values that look like a pseudonym: long, letters and digits, no spaces."""
    return _share(values, _matches(_HASH)) if values else 0.0
