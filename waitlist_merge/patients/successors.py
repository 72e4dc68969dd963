"""Which NHS number is in force? Superseded numbers read as the last of their successors."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from waitlist_merge.errors import InputError
from waitlist_merge.normalise.nhs_numbers import read_nhs_numbers
from waitlist_merge.normalise.reading import as_texts


def succeeded(entries: pd.DataFrame, superseded: Mapping[str, str]) -> pd.DataFrame:
    """The entries with superseded NHS numbers read as their successors.

    >>> entries = pd.DataFrame({"nhs_number": ["9990000018"]})
    >>> succeeded(entries, {"999 000 0018": "999 000 0026"})["nhs_number"].tolist()
    ['9990000026']
    """
    if not superseded or "nhs_number" not in entries:
        return entries
    numbers = entries["nhs_number"].astype("category")
    renamed = numbers.cat.categories.to_series().replace(in_force(superseded))
    return entries.assign(nhs_number=numbers.map(renamed).astype("category"))


def in_force(superseded: Mapping[str, str]) -> dict[str, str]:
    """Each old number and the one in force: the last of its line, however it was written.

    InputError where a number is no valid NHS number, or a line of them leads back to itself.

    >>> in_force({"9990000018": "9990000026", "9990000026": "9990000034"})["9990000018"]
    '9990000034'
    """
    read = read_nhs_numbers(as_texts([*superseded, *superseded.values()])).values
    unread = sum(number is None for number in read)
    if unread:
        raise InputError(
            f"superseded numbers: {unread} of {len(read)} are no valid NHS numbers; "
            "give pairs of an old and a new number of ten digits"
        )
    following = dict(zip(read[: len(superseded)], read[len(superseded) :], strict=True))
    return {old: _last(old, following) for old in following}


def _last(old: str, following: Mapping[str, str]) -> str:
    seen = {old}
    number = following[old]
    while number in following:
        if number in seen:
            raise InputError(
                "superseded numbers lead back to themselves; say of each number which follows it"
            )
        seen.add(number)
        number = following[number]
    return number
