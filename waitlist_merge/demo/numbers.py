"""Which identifiers do people, pathways and entries have? All at random; none tells who is who.

NHS numbers are of the live English ranges and pass the check (domain 3): they look real and are
invented. Local numbers of different organisations come from the same range, so they collide, as do
pathway identifiers of organisations that number alike: only the issuer tells them apart.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from waitlist_merge.demo import lists
from waitlist_merge.demo.columns import Text
from waitlist_merge.demo.draw import Ints, distinct

_SENTINELS = (4444444444, 6666666666, 7777777777)
"""Repeated digits pass the check and lie in the live ranges; nobody has them (domain 3)."""

_PREFIXES = 300_000_000
"""First nine digits in use: 4 and then 6 to 7 with eight more."""


def check_digits(prefixes: Ints) -> Ints:
    """The tenth digit of these nine; 10 where there is none (domain 3).

    >>> check_digits(np.array([943476591])).tolist()
    [9]
    """
    total = sum((11 - place) * (prefixes // 10 ** (9 - place) % 10) for place in range(1, 10))
    return np.asarray((11 - total % 11) % 11, dtype=np.int64)


def nhs_numbers(rng: np.random.Generator, size: int) -> Ints:
    """``size`` different NHS numbers that pass the check, in random order."""
    drawn = distinct(rng, 0, _PREFIXES, size + size // 8 + 64)
    prefix = np.where(drawn < 100_000_000, 400_000_000 + drawn, 500_000_000 + drawn)
    digit = check_digits(prefix)
    number = (prefix * 10 + digit)[digit < 10]
    return number[~np.isin(number, _SENTINELS)][:size]


def local_identifiers(rng: np.random.Generator, organisation: Ints) -> Text:
    """One local patient identifier each, different within an organisation, alike between some."""
    held = np.empty(len(organisation), dtype=object)
    for each in np.unique(organisation):
        mask = organisation == each
        count = int(mask.sum())
        number = pd.Series(1_000_000 + distinct(rng, 0, max(60_000, 8 * count), count)).astype(str)
        # Three of four organisations use the bare seven digits; the others put a letter before.
        held[mask] = number if each % 4 != 3 else "HT" + number.str[1:]
    return held


def _by_key(rng: np.random.Generator, key: Ints, low: int, high: int) -> Ints:
    """A different random number for each different key; -1 for key 0."""
    at, known = pd.factorize(key)
    number = distinct(rng, low, max(high, low + 2 * len(known)), len(known))
    return np.where(key == 0, -1, number[at])


def pathway_identifiers(rng: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
    """Identifier columns of rows from their keys: rows that share a key show one identifier."""
    issuer, key = rows["issuer"].to_numpy(), rows["pathway_key"].to_numpy()
    booking = _by_key(rng, rows["booking_key"].to_numpy(), 10_000_000, 999_999_999)
    ubrn = np.where(booking < 0, "", pd.Series(booking).astype(str).str.zfill(12))
    text = np.full(len(rows), "", dtype=object)
    of_booking = (issuer < 0) & (key != 0)
    text[of_booking] = pd.Series(ubrn[of_booking]).str.zfill(20)
    for each in np.unique(issuer[issuer >= 0]):
        mask = (issuer == each) & (key != 0)
        number = _by_key(rng, key[mask], 10_000_000, 10_000_000 + max(200_000, 6 * int(mask.sum())))
        text[mask] = _pathway_shape(pd.Series(number).astype(str), int(each))
    codes = np.append(lists.organisations()["code"].to_numpy(dtype=object), "X09")
    referral = _by_key(rng, rows["referral_key"].to_numpy(), 1_000_000, 99_999_999)
    entry = _by_key(rng, rows["entry_key"].to_numpy(), 1_000_000, 99_999_999)
    return pd.DataFrame(
        {
            "patient_pathway_identifier": text,
            "pathway_identifier_issuer": np.where(key == 0, "", codes[issuer]),
            "unique_booking_reference_number": ubrn,
            "referral_identifier": pd.Series(referral).astype(str).to_numpy(dtype=object),
            "waiting_list_entry_identifier": "W" + pd.Series(entry).astype(str),
        }
    )


def _pathway_shape(number: pd.Series, issuer: int) -> Text:
    """How this issuer prints a number: padded to 20, with its code, or bare (domain 1.6)."""
    code = str(lists.organisations()["code"].iloc[issuer])
    shapes = (number.str.zfill(20), code + number.str.zfill(20 - len(code)), number, "PW" + number)
    return np.asarray(shapes[issuer % 4].to_numpy(dtype=object))


def as_printed(
    rng: np.random.Generator, rows: pd.DataFrame, identifiers: Text, *, stripped: float, cut: float
) -> Text:
    """Identifiers as a receiver prints them: some lose padding, some the tail (domain 1.6)."""
    foreign = (rows["issuer"] != rows["organisation"]).to_numpy() & (rows["issuer"] >= 0).to_numpy()
    chance = rng.random(len(rows))
    text = pd.Series(identifiers, dtype=object)
    bare = text.where(~(foreign & (chance < stripped)), text.str.lstrip("0"))
    short = foreign & (chance >= stripped) & (chance < stripped + cut)
    return np.asarray(bare.where(~short, bare.str[:15]).to_numpy(dtype=object))
