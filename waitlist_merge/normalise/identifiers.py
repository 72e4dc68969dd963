"""Identifiers of persons, pathways and bookings, and the forms in which they are compared.

An identifier is kept as its issuer gave it, in capitals; a spreadsheet's ``.0`` and spaces are cut,
stand-ins and numbers in scientific notation (whose last digits are gone) are missing, with a
finding. NHS numbers are in ``nhs_numbers``, and are named here too.

>>> read_identifiers(as_texts(["h123 ", "12345.0", "NO PATIENT ID", "1.2E+11"])).values.tolist()
['H123', '12345', None, None]
>>> pathway_form(["00000000123456789012", "RM3 000123", "123456789012"])
['123456789012', 'RM3000123', '123456789012']
"""

from __future__ import annotations

from collections.abc import Iterable

from waitlist_merge.normalise.nhs_numbers import (
    check_digit_holds,
    nhs_number_kind,
    read_nhs_numbers,
    with_check_digit,
)
from waitlist_merge.normalise.reading import (
    DIGITS_LOST,
    PLACEHOLDER_WORDS,
    Mask,
    Reading,
    Texts,
    as_texts,
    extracted,
    is_blank,
    matched,
    missing,
    replaced,
    rewritten,
    upper,
)
from waitlist_merge.reasons import Fault

__all__ = [
    "booking_reference_in",
    "check_digit_holds",
    "looks_like_person_key",
    "nhs_number_kind",
    "pathway_form",
    "pathway_print",
    "read_booking_references",
    "read_identifiers",
    "read_nhs_numbers",
    "read_person_keys",
    "with_check_digit",
]

_FLOAT = r"^(\d+)\.0+$"
_STAND_IN = r"^(?:[0\s\p{P}]+|[9\s\p{P}]{5,}|X+|(?:NO|NOT)[ _]?(?:ID|MRN|NUMBER|REG).*|TEST)$"
"""Zeros, nines and X's: no issuer numbers a patient so (messy_values)."""

_HEX = r"(?i)^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$"
_UUID = r"(?i)^\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?$"
_BASE64 = r"^(?:[A-Za-z0-9+/_-]{43}=|[A-Za-z0-9+/_-]{86}==|[A-Za-z0-9+/_-]{27}=)$"
"""SHA-1, SHA-256 and SHA-512 in base64."""

_BOOKING_PADDED = r"^(?:X09)?(?:0{8}(?P<front>[0-9]{12})|(?P<back>[0-9]{12})0{8})$"
_BOOKING = r"^(?:X09)?(?P<whole>[0-9]{12})$"
"""A booking reference is 12 digits, padded to the 20 of a pathway identifier on either side; the
issuer of such identifiers is X09 (domain 1.6)."""

PRINTED_LENGTH = 15
"""Characters of a 20-character pathway identifier that some screens show (domain 1.6)."""


def _tidy(texts: Texts) -> Texts:
    return rewritten(upper(texts), (r"^'", ""), (_FLOAT, r"\1"), (r"[\s\p{Z}]+", " "))


def _without_stand_ins(texts: Texts, tidy: Texts) -> tuple[Texts, Mask, Mask]:
    """Usable identifiers, with the masks of stand-ins and of lost digits."""
    blank = is_blank(texts)
    lost = matched(tidy, DIGITS_LOST)
    placeholder = ~blank & (matched(tidy, _STAND_IN) | matched(tidy, PLACEHOLDER_WORDS))
    values = missing(len(texts))
    usable = ~(blank | lost | placeholder)
    values[usable] = tidy[usable]
    return values, placeholder, lost


def read_identifiers(texts: Texts) -> Reading:
    """An organisation's own identifiers: of patients, pathways, referrals, list entries, staff."""
    values, placeholder, lost = _without_stand_ins(texts, _tidy(texts))
    return Reading(values, {Fault.PLACEHOLDER: placeholder, Fault.DIGITS_LOST: lost})


def read_booking_references(texts: Texts) -> Reading:
    """Booking reference numbers (UBRN): 12 digits, however they are spaced.

    Eight to eleven digits have lost leading zeros, which are restored and reported.

    >>> read_booking_references(as_texts(["0000 4956 3747", "49563747123"])).values.tolist()
    ['000049563747', '049563747123']
    """
    tidy = _tidy(texts)
    usable, placeholder, lost = _without_stand_ins(texts, tidy)
    digits = replaced(usable, r"[\s\p{Pd}.]+")
    inside = as_texts(booking_reference_in(digits))
    values = missing(len(texts))
    values[inside != ""] = inside[inside != ""]
    stripped = matched(digits, r"^[0-9]{8,11}$")
    values[stripped] = [each.zfill(12) for each in digits[stripped]]
    unread = (usable != None) & (values == None)  # noqa: E711  (elementwise on object arrays)
    return Reading(
        values,
        {
            Fault.PLACEHOLDER: placeholder,
            Fault.DIGITS_LOST: lost,
            Fault.LEADING_ZERO_LOST: stripped,
            Fault.NOT_UNDERSTOOD: unread,
        },
    )


def looks_like_person_key(values: Iterable[str]) -> Mask:
    """True where a text has the shape of a hash or a UUID, whatever column it stands in.

    >>> looks_like_person_key(["0f" * 32, "RM3000123"]).tolist()
    [True, False]
    """
    texts = as_texts(values)
    mask: Mask = matched(texts, _HEX) | matched(texts, _UUID) | matched(texts, _BASE64)
    return mask


def read_person_keys(texts: Texts) -> Reading:
    """Opaque person keys: never checked; hashes in hexadecimal and UUIDs in lower case.

    Other keys keep their case, since base64 tells it apart.

    >>> read_person_keys(as_texts(["AB" * 16, "Zz9+k", "00000"])).values.tolist()
    ['abababababababababababababababab', 'Zz9+k', None]
    """
    trimmed = rewritten(texts, (r"^[\s\p{Z}{]+|[\s\p{Z}}]+$", ""), (_FLOAT, r"\1"))
    values, placeholder, lost = _without_stand_ins(texts, trimmed)
    folds = matched(trimmed, _HEX) | matched(trimmed, _UUID)
    values[folds] = [each.lower() for each in trimmed[folds]]
    return Reading(values, {Fault.PLACEHOLDER: placeholder, Fault.DIGITS_LOST: lost})


def pathway_form(values: Iterable[str | None]) -> list[str]:
    """The form in which pathway identifiers are compared: padding cut, a booking reference alone.

    Zeros in front are padding, as are the eight that make 20 digits of a booking reference on
    either side; empty where there is no identifier. Compare only under one issuer (domain 1.3).
    """
    bare = _letters_and_digits(values)
    inside = booking_reference_in(bare)
    stems = replaced(bare, r"^0+")
    return [booking or stem for booking, stem in zip(inside, stems, strict=True)]


def pathway_print(values: Iterable[str | None]) -> list[str]:
    """The first 15 characters of each identifier, as some screens print them; empty if shorter.

    >>> pathway_print(["RM3 0000 1234 5678 9012", "RM3123"])
    ['RM3000012345678', '']
    """
    bare = _letters_and_digits(values)
    return [each[:PRINTED_LENGTH] if len(each) >= PRINTED_LENGTH else "" for each in bare]


def booking_reference_in(values: Iterable[str | None]) -> list[str]:
    """The booking reference that each pathway identifier holds; empty where there is none.

    >>> booking_reference_in(["00000000000049563747", "X09 000049563747", "RM3123"])
    ['000049563747', '000049563747', '']
    """
    bare = _letters_and_digits(values)
    padded = extracted(bare, _BOOKING_PADDED)
    whole = extracted(bare, _BOOKING)["whole"]
    groups = zip(padded["front"], padded["back"], whole, strict=True)
    return [front or back or alone or "" for front, back, alone in groups]


def _letters_and_digits(values: Iterable[str | None]) -> Texts:
    texts = as_texts(["" if each is None else each for each in values])
    return replaced(upper(texts), r"[^A-Z0-9]+")
