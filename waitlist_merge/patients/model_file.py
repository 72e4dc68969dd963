"""A patient model as readable JSON: the same model after it was saved and loaded.

Numbers are written so that they come back to the last digit. What is in a file is checked in full
before it is used: a file that somebody has damaged must not decide who is one person.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from waitlist_merge.errors import InputError, OutputError
from waitlist_merge.patients.frequencies import Frequencies
from waitlist_merge.patients.levels import LEVELS, level
from waitlist_merge.versions import installed_version

VERSION = 1
"""Of the form of the file; one that this library does not know is refused."""

_KIND = {"program": "waitlist_merge", "kind": "patient model"}

Share = Annotated[float, Field(gt=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _Level(_Strict):
    weight: float
    u: Share
    basis: Literal["pair", "frequency", "near", "misspelt", "population"]


class _Counted(_Strict):
    unseen: Share
    expected: Share
    chance: Annotated[float, Field(ge=0, le=1)]
    values: int
    shares: dict[str, Share]


class _Contents(_Strict):
    """What a file holds beside its title."""

    records: Annotated[int, Field(ge=0)]
    prior: float
    household: float
    together: Annotated[float, Field(ge=0)]
    fields: dict[str, dict[str, _Level]]
    frequencies: dict[str, _Counted]
    namesakes: float | None


def contents(
    *,
    records: int,
    prior: float,
    household: float,
    together: float,
    tables: Mapping[str, NDArray[np.float64]],
    average: Mapping[tuple[str, int], float],
    basis: Mapping[tuple[str, int], str],
    frequencies: Mapping[str, Frequencies],
    namesakes: float | None,
) -> str:
    """The parts of a model as JSON, the same text for the same model."""
    fields: dict[str, dict[str, object]] = {field: {} for field in LEVELS}
    for (field, at), kind in basis.items():
        weight, u = float(tables[field][at]), average[field, at]
        fields[field][LEVELS[field][at]] = {"weight": weight, "u": u, "basis": kind}
    counted = {
        name: {
            "unseen": each.unseen,
            "expected": each.expected,
            "chance": each.chance,
            "values": len(each.shares),
            "shares": each.shares.to_dict(),
        }
        for name, each in frequencies.items()
    }
    held = {
        "records": records,
        "prior": prior,
        "household": household,
        "together": together,
        "namesakes": namesakes,
        "fields": fields,
        "frequencies": counted,
    }
    return json.dumps(held, indent=1, ensure_ascii=True, allow_nan=False)


def titled(contents: str) -> str:
    """Contents with a title that says what they are and which version wrote them."""
    title = _KIND | {"version": VERSION, "library": installed_version("waitlist-merge")}
    return json.dumps(title, indent=1)[:-2] + ",\n" + contents[2:] + "\n"


def write(path: Path, text: str) -> None:
    """Write a model beside the file and then in its place."""
    path = Path(os.path.realpath(path))
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with partial.open("w", encoding="ascii", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); check the path") from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def read(path: Path) -> dict[str, Any]:
    """The parts of the model in this file; InputError where there is none that can be used."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from None
    return parse(text, str(path))


def parse(text: str | bytes, source: str) -> dict[str, Any]:
    """The parts of the model in this text, which an InputError calls ``source``."""
    title, held = _taken_apart(text, source)
    if title["version"] != VERSION:
        raise InputError(
            f"{source}: is a patient model of form {_whole(title['version'])}, and this version of "
            f"waitlist_merge reads form {VERSION}; install the version that wrote it, or fit anew"
        )
    try:
        found = _Contents.model_validate(held)
    except ValidationError as error:
        # Only the first two steps to the place: beyond them stand values, and names are values.
        place = ".".join(map(str, error.errors()[0]["loc"][:2]))
        raise InputError(f"{source}: is damaged at {place}; save the model again") from None
    _refuse_other_levels(source, found)
    tables = {field: np.zeros(len(names)) for field, names in LEVELS.items()}
    average: dict[tuple[str, int], float] = {}
    basis: dict[tuple[str, int], str] = {}
    for field, levels in found.fields.items():
        for name, each in levels.items():
            at = level(field, name)
            tables[field][at], average[field, at] = each.weight, each.u
            basis[field, at] = each.basis
    return {
        "prior": found.prior,
        "household": found.household,
        "together": found.together,
        "tables": tables,
        "average": average,
        "basis": basis,
        "frequencies": {name: _frequencies(each) for name, each in found.frequencies.items()},
        "records": found.records,
        "namesakes": found.namesakes,
    }


def _whole(version: object) -> str:
    return str(version) if isinstance(version, int) else "unknown"


def _taken_apart(text: str | bytes, source: str) -> tuple[dict[str, object], dict[str, object]]:
    """The title of a file and what it holds."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or {name: found.get(name) for name in _KIND} != _KIND:
        raise InputError(f"{source}: is no patient model; name a file that PatientModel.save wrote")
    names = {*_KIND, "version", "library"}
    title = {name: found.get(name) for name in names}
    return title, {name: value for name, value in found.items() if name not in names}


def _refuse_other_levels(source: str, found: _Contents) -> None:
    """A model of other fields or levels was fitted by another version: its weights mean others."""
    levels = {field: set(names) for field, names in found.fields.items()}
    columns = {
        width if field == "postcode" and width in WIDTHS else field
        for field, names in found.fields.items()
        for width, each in names.items()
        if each.basis == "frequency"
    }
    known = {field: set(names[1:]) for field, names in LEVELS.items()}
    if levels != known or columns != set(found.frequencies):
        raise InputError(
            f"{source}: its fields and levels are not those of this version of waitlist_merge; "
            "fit the model anew"
        )


WIDTHS = ("sector", "district", "area")
"""Levels of a postcode that have a column of frequencies of their own."""


def _frequencies(held: _Counted) -> Frequencies:
    shares = pd.Series(
        list(held.shares.values()), pd.Index(list(held.shares), dtype="str"), dtype=np.float64
    )
    return Frequencies(shares, held.unseen, held.expected, held.chance)
