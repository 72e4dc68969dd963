"""Addresses, telephone numbers and email addresses, tidied so that equal ones are equal.

>>> from waitlist_merge.normalise.reading import as_texts
>>> read_phones(as_texts(["+44 7700 900123", "(01632) 960 001", "n/a"])).values.tolist()
['07700900123', '01632960001', None]
"""

from __future__ import annotations

from waitlist_merge.normalise.reading import (
    PLACEHOLDER_WORDS,
    Reading,
    Texts,
    extracted,
    is_blank,
    matched,
    missing,
    replaced,
    upper,
)
from waitlist_merge.reasons import Fault

_ABROAD = r"^(?:\+|00)44\(?0?\)?"
_PHONE = r"(?P<phone>(?:\+|0)[0-9]{9,14})"
_ONE_DIGIT = r"^(?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+|0?123456789\d*|0[0-9]{3}0{6,7})$"

_EMAIL = r"(?P<email>[^\s@<>;,:()]+@[^\s@<>;,:()]+\.[^\s@<>;,:()]+)"
_NO_EMAIL = r"(?i)^(?:no(?:ne|t?known|[._-]?e?mail|[._-]?reply)?|declined|unknown|test|a|x)@"

_NO_ADDRESS = (
    r"(?i)^[\s\p{P}]*(?:homeless|undomiciled|no fixed (?:abode|address)|nfa|no address.*|overseas|"
    r"(?:not|address) (?:known|withheld)|unable to obtain.*|unk)[\s\p{P}]*$"
)


def read_phones(texts: Texts) -> Reading:
    """The first telephone number in each text: digits, with 0 for +44."""
    blank = is_blank(texts)
    bare = replaced(replaced(texts, r"\.0+$"), r"[\s\p{Z}\p{Pd}().]+")
    local = replaced(bare, _ABROAD, "0")
    lost_zero = replaced(local, r"^([1-37][0-9]{9})$", r"0\1")
    found = extracted(lost_zero, _PHONE)["phone"]
    placeholder = ~blank & (matched(texts, PLACEHOLDER_WORDS) | matched(local, _ONE_DIGIT))
    values = found.copy()
    values[placeholder] = None
    unread = (values == None) & ~blank & ~placeholder  # noqa: E711  (elementwise)
    return Reading(values, {Fault.PLACEHOLDER: placeholder, Fault.NOT_UNDERSTOOD: unread})


def read_emails(texts: Texts) -> Reading:
    """The first email address in each text, in lower case.

    >>> from waitlist_merge.normalise.reading import as_texts
    >>> read_emails(as_texts(["Mailto:A.Patient@Example.ORG", "none@none.com"])).values.tolist()
    ['a.patient@example.org', None]
    """
    blank = is_blank(texts)
    found = extracted(replaced(texts, "(?i)^mailto:"), _EMAIL)["email"]
    placeholder = ~blank & (matched(texts, PLACEHOLDER_WORDS) | matched(found, _NO_EMAIL))
    values = missing(len(texts))
    usable = (found != None) & ~placeholder  # noqa: E711  (elementwise on an object array)
    values[usable] = [each.lower() for each in found[usable]]
    unread = (values == None) & ~blank & ~placeholder  # noqa: E711
    return Reading(values, {Fault.PLACEHOLDER: placeholder, Fault.NOT_UNDERSTOOD: unread})


def read_addresses(texts: Texts) -> Reading:
    """Address lines joined by a comma and a space, stand-ins for a home missing.

    >>> from waitlist_merge.normalise.reading import as_texts
    >>> read_addresses(as_texts(["1 High St^Town^^", "NO FIXED ABODE"])).values.tolist()
    ['1 High St, Town', None]
    """
    blank = is_blank(texts)
    joined = replaced(replaced(texts, r"[\s\p{Z}]*[\^|\n\r,;]+[\s\p{Z},]*", ", "), r"\s+", " ")
    tidy = replaced(joined, r"^[, ]+|[, ]+$")
    placeholder = ~blank & (matched(texts, PLACEHOLDER_WORDS) | matched(upper(texts), _NO_ADDRESS))
    values = missing(len(texts))
    usable = ~(blank | placeholder)
    values[usable] = tidy[usable]
    return Reading(values, {Fault.PLACEHOLDER: placeholder})
