"""What one value looks like: a date, a name, a code of a practice.

Texts are in capitals and without outer spaces. Only shapes are looked at; what a value means is
decided by ``normalise``.

>>> is_place_code("RM301"), is_place_code("B81001"), is_practice_code("B81001")
(True, False, True)
"""

from __future__ import annotations

import re

from waitlist_merge.normalise.reading import DIGITS_LOST

__all__ = [
    "CANCER_FLAG",
    "DATE_LIKE",
    "FLAG",
    "HASH",
    "LETTER",
    "LIST_TYPE",
    "MONTHS",
    "OPCS",
    "PERSON_CODE",
    "POSTCODE",
    "PRACTICE",
    "PRIORITY_TYPE",
    "PROCEDURE",
    "RTT_STATUS",
    "SEX",
    "WAIT",
    "YES_OR_NO",
    "has_several_words",
    "is_code_like",
    "is_date_like",
    "is_identifier_like",
    "is_like_nhs_number",
    "is_name_like",
    "is_no_written_date",
    "is_place_code",
    "is_practice_code",
    "is_surely_date",
    "is_whole_name",
    "is_written_date",
    "without_separators",
]

LONGEST_PLACE = 6
"""Characters of the longest ODS code of a provider or site."""

PRACTICE = r"[A-HJ-NPV][89]\d{4}|Y\d{5}|W9\d{4}|[A-Z]8199[79]"
"""Codes of GP practices in England and Wales; V81999 and the like are defaults (domain 6)."""

MONTHS = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|SEPT|OCT|NOV|DEC"
_DATES = (
    r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2}(\d{2})?",  # 3/2/62, 03.02.1962
    r"\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}",  # 1962-02-03
    r"(18|19|20|21|29|99)\d{6}(\d{4,6})?",  # 19620203, with a time
    r"\d{1,2}(18|19|20)\d{5}|[0-3]\d[01]\d(19|20)\d\d",  # 03021962
    rf"\d{{1,2}}(ST|ND|RD|TH)?[-/. ]*({MONTHS})[A-Z]*[-/. ,]*\d{{2}}(\d{{2}})?",
    rf"({MONTHS})[A-Z]*[-/. ]*\d{{1,2}}(ST|ND|RD|TH)?[-/. ,]+\d{{2}}(\d{{2}})?",
    r"[1-7]\d{4}(\.\d+)?",  # an Excel serial
)
DATE_LIKE = rf"^(?i:({'|'.join(_DATES)})([ T].*)?)$"
"""The shape of a date, however written, for Python and for Arrow."""

_DATE = re.compile(DATE_LIKE)
POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}")
_ANY_PRACTICE = re.compile(rf"{PRACTICE}|[A-Z]\d{{5}}|\d{{3,5}}|[A-Z0-9]{{3,5}}")
PERSON_CODE = re.compile(r"[CDGN]\d{6,7}")
_STRICT_DATE = re.compile(
    r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(19|20)\d\d"
)
OPCS = re.compile(r"[A-HJ-Z]\d{2}\.?\d?([ :-].*)?")
_LOST = re.compile(DIGITS_LOST)
_TITLES = re.compile(r"\b(MR|MRS|MS|MISS|MASTER|MX|DR|REV|SIR|LADY|PROF)\b")
PROCEDURE = re.compile(
    r"\b(LEFT|RIGHT|BILATERAL|REPLACEMENT|REPAIR|EXCISION|REMOVAL|INJECTION|BIOPSY|HERNIA|"
    r"CATARACT|FUSION|RELEASE|REVISION|HIP|KNEE|\w+(ECTOMY|OSCOPY|PLASTY|OTOMY|OSTOMY|GRAPHY))\b"
)
HASH = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9+/=_-]{16,}")
WAIT = re.compile(r"-?\d{1,4}(\.\d+)?( ?(DAYS?|W(EE)?KS?|W|D))?")
SEX = re.compile(r"[0-39MFUXIN]|MALE|FEMALE|[129] ?- ?.*|NOT .*|INDETERMINATE|OTHER|NON.?BINARY")
RTT_STATUS = re.compile(r"(1[0-2]|2[01]|3[0-6]|9[0-289])( ?[-:] ?.*)?")
PRIORITY_TYPE = re.compile(
    r"[1-3]|0[1-3]|[RU]|ROUTINE.*|.*URGENT.*|SOON|.*(TWO|2) ?-?W.*|.*CANCER.*|USC|[1-3] ?-.*"
)
LIST_TYPE = re.compile(
    r"[IOD](RTT|NON)|(RTT|P[TL]{2})[IO01]|(NON.?)?ADMITTED.*|(IN|OUT).?PATIENT.*"
)
YES_OR_NO = re.compile(r"[YNTF01]|YES|NO|TRUE|FALSE")
CANCER_FLAG = re.compile(
    r"[YNTF01]|YES.*|NO( .*)?|TRUE|FALSE|.*(SUSPECTED|CANCER|FAST.?TRACK).*"
    r"|(2|TWO)[ -]?W.*|TWW|USO?C|FDS|(62|31|28)[ -]?D.*"
)
FLAG = re.compile(r"[YNTF01SR]|YES.*|NO( .*)?|TRUE|FALSE|2WW|.*SUSPECTED.*|RESTRICTED|SENSITIVE")
_CODE = re.compile(r"(?P<code>[A-Z0-9]{2,12})( ?[-:] .*)?")
LETTER = re.compile(r"[^\W\d_]")
_SEPARATORS = re.compile(r"[\s\-.]")


def is_date_like(text: str) -> bool:
    """True where the text has the shape of a date, however written.

    >>> [is_date_like(each) for each in ("3 March 1962", "01-JAN-26 00:00", "9990000018")]
    [True, True, False]
    """
    return _DATE.fullmatch(text.strip()) is not None


def without_separators(text: str) -> str:
    """The text without spaces, hyphens and dots."""
    return text if text.isalnum() else _SEPARATORS.sub("", text)


def is_like_nhs_number(text: str) -> bool:
    """True for six digits or more that are no date, also where a spreadsheet has lost some."""
    digits = sum(letter.isdigit() for letter in text)
    return (digits >= 6 and not is_date_like(text)) or _LOST.match(text) is not None


def is_name_like(text: str) -> bool:
    """True where there are letters and at most two digits."""
    return LETTER.search(text) is not None and sum(each.isdigit() for each in text) < 3


def is_whole_name(text: str) -> bool:
    """True for a surname and forename in one: a comma, a title, or two or three words."""
    parts = re.split(r"[,\s]+", text.strip())
    named = "," in text or bool(_TITLES.search(text)) or len(parts) in {2, 3}
    return is_name_like(text) and named and not PROCEDURE.search(text)


def has_several_words(text: str) -> bool:
    """True for a name of two words or more."""
    return is_name_like(text) and re.search(r"\S[,\s]+\S", text) is not None


def is_identifier_like(text: str) -> bool:
    """True where there is a digit, and no date is written."""
    return any(each.isdigit() for each in text) and not is_written_date(text) and len(text) <= 64


def is_written_date(text: str) -> bool:
    """True for a date with separators or a month in words."""
    return not text.isalnum() and is_date_like(text)


def is_code_like(text: str) -> bool:
    """An ODS code, alone or before its name: three letters at least, longer ones have a digit."""
    found = _CODE.fullmatch(text)
    return found is not None and (len(found["code"]) == 3 or any(map(str.isdigit, found["code"])))


def is_place_code(text: str) -> bool:
    """A code of a provider or site: up to six characters, and no practice's or person's code."""
    found = _CODE.fullmatch(text)
    if found is None or not is_code_like(text):
        return False
    code = found["code"]
    return len(code) <= LONGEST_PLACE and not re.fullmatch(rf"\d{{6,}}|{PRACTICE}", code)


def is_practice_code(text: str) -> bool:
    """A practice's code, or another short one that a local list may use; no doctor's."""
    code = text.partition(" ")[0]
    return _ANY_PRACTICE.fullmatch(code) is not None and is_code_like(text)


def is_no_written_date(text: str) -> bool:
    """True for all but dates with separators or a month in words."""
    return not is_written_date(text)


def is_surely_date(text: str) -> bool:
    """True for a date beyond doubt: written, or of eight digits with a real day and month."""
    return is_written_date(text) or _STRICT_DATE.fullmatch(text) is not None
