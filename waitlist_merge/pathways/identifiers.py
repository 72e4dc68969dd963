"""Which pathway and booking identifiers of two entries are one?

A pathway identifier is only one with its issuer (domain 1.3). It is compared after its padding is
trimmed; a booking number (UBRN) may lie inside it, padded from 12 to 20 characters; screens print
15 of the 20 characters (domain 1.6). Codes are int32, -1 for missing.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from waitlist_merge.normalise.organisations import successors
from waitlist_merge.pathways.columns import (
    Bools,
    Codes,
    categories,
    codes,
    renumbered,
    vocabulary,
)

FULL_LENGTH = 20
"""Characters of a pathway identifier (Data Dictionary an20; domain 1.6)."""
PRINT_LENGTH = 15
"""Characters that some screens show of the 20 (RTT guidance Annex C; domain 1.6)."""
UBRN_LENGTH = 12
LEAST = 4
"""Characters without padding under which an identifier says nothing: '1' is not one pathway."""

_NOISE = re.compile(r"[^A-Z0-9]")


def trimmed(identifier: str) -> str:
    """The identifier without padding: outer zeros in front, blanks, dashes; empty if too short.

    >>> trimmed("0000-0000 1234 5678"), trimmed("rm3 0012"), trimmed("0000001")
    ('12345678', 'RM30012', '')
    """
    stem = _NOISE.sub("", identifier.upper()).lstrip("0")
    return stem if len(stem) >= LEAST and len(set(stem)) > 1 else ""


def booking_number(identifier: str) -> str:
    """The booking number that a pathway identifier is made of; empty where it is made otherwise.

    >>> booking_number("00000000123456789012"), booking_number("12345678901200000000")
    ('123456789012', '123456789012')
    >>> booking_number("123456789012"), booking_number("RM3000000012345")
    ('123456789012', '')
    """
    stem = _NOISE.sub("", identifier.upper())
    if not stem.isdigit() or len(stem) not in {UBRN_LENGTH, FULL_LENGTH}:
        return ""
    padding = "0" * (len(stem) - UBRN_LENGTH)
    for number, rest in (
        (stem[-UBRN_LENGTH:], stem[:-UBRN_LENGTH]),
        (stem[:UBRN_LENGTH], stem[UBRN_LENGTH:]),
    ):
        if rest == padding and number[0] != "0" and len(set(number)) > 1:
            return number
    return ""


@dataclass(frozen=True, eq=False, slots=True)
class Identifiers:
    """The identifiers of each entry as codes that are equal where the identifiers are.

    ``shown`` is the code of the first 15 characters, only of identifiers that no other one of 20
    characters shares them with; ``is_print`` marks identifiers of exactly 15.
    """

    ppid: Codes
    issuer: Codes
    ubrn: Codes
    inner_ubrn: Codes
    shown: Codes
    is_print: Bools
    entry: Codes
    referral: Codes


def identifiers(entries: pd.DataFrame) -> Identifiers:
    """The identifiers of the entries; issuers count as the organisations that succeeded them."""
    column, booked = (
        entries["patient_pathway_identifier"],
        entries["unique_booking_reference_number"],
    )
    names = categories(column)
    stems = [trimmed(each) for each in names]
    inner = [booking_number(each) for each in names]
    own = [trimmed(each) for each in categories(booked)]
    number, booking = vocabulary(stems), vocabulary(inner, own)
    shown, is_print = _prints(stems, names)
    issuers = successors(categories(entries["pathway_identifier_issuer"]))
    issuer_number = vocabulary(issuers)
    printed = np.array([*is_print, False], dtype=bool)
    return Identifiers(
        ppid=renumbered(column, [number.get(each, -1) for each in stems]),
        issuer=renumbered(
            entries["pathway_identifier_issuer"], [issuer_number.get(each, -1) for each in issuers]
        ),
        ubrn=renumbered(booked, [booking.get(each, -1) for each in own]),
        inner_ubrn=renumbered(column, [booking.get(each, -1) for each in inner]),
        shown=renumbered(column, shown),
        is_print=printed[codes(column)],
        entry=_stems(entries["waiting_list_entry_identifier"]),
        referral=_stems(entries["referral_identifier"]),
    )


def _stems(column: pd.Series) -> Codes:
    """Local numbers are compared as they are: only case and blanks are noise."""
    stems = [_NOISE.sub("", each.upper()) for each in categories(column)]
    number = vocabulary(stems)
    return renumbered(column, [number.get(each, -1) for each in stems])


def _prints(stems: list[str], names: list[str]) -> tuple[list[int], list[bool]]:
    """Codes of the first 15 characters where they tell identifiers apart, and which are prints."""
    raw = [_NOISE.sub("", each.upper()) for each in names]
    heads = [
        each[:PRINT_LENGTH] if stem and len(each) in {PRINT_LENGTH, FULL_LENGTH} else ""
        for each, stem in zip(raw, stems, strict=True)
    ]
    full = Counter(
        head
        for head, each in dict.fromkeys(zip(heads, raw, strict=True))
        if head and len(each) == FULL_LENGTH
    )
    distinct = [head if head and full[head] <= 1 and len(set(head)) > 2 else "" for head in heads]
    number = vocabulary(distinct)
    return [number.get(head, -1) for head in distinct], [len(each) == PRINT_LENGTH for each in raw]
