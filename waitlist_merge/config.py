"""What ``merge.toml`` says, as settings; and settings as ``merge.toml``.

Keys of the plan stand at the top of the file, each extract is one ``[[extracts]]``, each agreement
one ``[[agreements]]``. All that is wrong with a file is said at once, one line a fault.

>>> config = parse('stale_days = 3', name="merge.toml")
>>> config.plan.stale_days
3
>>> parse(to_toml(config), name="merge.toml") == config
True
>>> parse("patients.margni = 3.0", name="merge.toml")  # doctest: +ELLIPSIS
Traceback (most recent call last):
waitlist_merge.errors.ConfigError: merge.toml: [patients]: margni is an unknown key; ...
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import tomli_w
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from waitlist_merge.errors import ConfigError
from waitlist_merge.plan import Agreement, ExtractPlan, MergeConfig, MergePlan, PatientPlan
from waitlist_merge.schema import OLD_NAMES
from waitlist_merge.settings import Settings

_OF_THE_RUN = ("extracts", "census_date", "model")
_UNSAID = frozenset({"superseded_numbers", "hmac_key"})
"""Settings whose values identify patients or are secret: no message repeats them."""

_NEAR = 60.0
"""Similarity in percent from which a spelling is offered; below it a guess misleads."""

_LONGEST_VALUE = 60
"""Characters of a wrong value that a message repeats: enough to find it in the file."""

_WORDS = {
    "string_type": "text in quotes",
    "float_type": "a number",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "tuple_type": "a list; a list of tables has each as [[name]]",
    "mapping_type": "a table of names and texts",
    "dict_type": "a table of names and texts",
    "model_type": "a table",
    "date_from_datetime_parsing": "a date as YYYY-MM-DD",
    "date_parsing": "a date as YYYY-MM-DD",
    "string_too_short": "a longer text",
    "string_too_long": "one character",
}
"""pydantic's kinds of error -> what is allowed, in words of the file."""


def load_config(path: str | Path) -> MergeConfig:
    """The settings in this TOML file; its paths are counted from its folder.

    Raises ConfigError where it cannot be read, or with one line for each wrong key or value.
    """
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); check the path") from None
    return parse(text, name=str(path)).in_folder(Path(path).parent)


def parse(text: str, *, name: str) -> MergeConfig:
    """The settings in this text; ``name`` is what messages call the file."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name}: is not TOML: {error}") from None
    of_the_plan = {key: value for key, value in data.items() if key not in _OF_THE_RUN}
    of_the_run = {key: value for key, value in data.items() if key in _OF_THE_RUN}
    try:
        return MergeConfig.model_validate(of_the_run | {"plan": of_the_plan})
    except ValidationError as error:
        faults = error.errors(include_url=False)
        raise ConfigError("\n".join(f"{name}: {_line(each, data)}" for each in faults)) from None


def to_toml(config: MergeConfig) -> str:
    """The settings as the text of a ``merge.toml``, the key and all: it is the user's own file."""
    values = config.model_dump(by_alias=True, exclude_none=True)
    plan = values.pop("plan")
    return tomli_w.dumps(values | plan)


def _line(fault: ErrorDetails, data: Mapping[str, object]) -> str:
    """Where, which key and value, what is allowed, and the nearest right spelling."""
    place = fault["loc"][1:] if fault["loc"][:1] == ("plan",) else fault["loc"]
    table, keys = _where(place, data)
    name = _key(keys)
    where = f"{table}: {name}" if table and name else f"{table}{name}"
    if fault["type"] == "extra_forbidden":
        allowed = _keys_beside(place)
        nearest = _nearest(str(place[-1]), allowed)
        return f"{where} is an unknown key; allowed are {', '.join(allowed)}{nearest}"
    if fault["type"] == "missing":
        return f"{where} is missing; give it a value"
    if place[-1:] == ("[key]",):
        nearest = _nearest(str(fault["input"]), _names(fault))
        return f"{where} is an unknown key; allowed is {_expected(fault)}{nearest}"
    value = "" if _UNSAID.intersection(map(str, place)) else _shown(fault["input"])
    nearest = _nearest(str(fault["input"]), _names(fault)) if value else ""
    return f"{where}{value} is wrong; allowed is {_expected(fault)}{nearest}"


def _where(
    place: Sequence[int | str], data: Mapping[str, object]
) -> tuple[str, Sequence[int | str]]:
    """The table that a fault is in, in words, and the keys within it."""
    match place:
        case [str(table), int(position), *keys] if table in {"extracts", "agreements"}:
            entries = data[table]
            entry = entries[position] if isinstance(entries, list) else {}
            return f"[[{table}]] {position + 1}{_title(entry)}", keys
        case ["patients", *keys] if keys:
            return "[patients]", keys
        case keys:
            return "", keys


def _key(keys: Sequence[int | str]) -> str:
    """``["services", 0]`` as ``services[1]``: people count from one."""
    parts = [f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in keys]
    return "".join(parts).removeprefix(".").removesuffix(".[key]")


def _title(entry: object) -> str:
    """What a person would call this entry of a list of tables."""
    if not isinstance(entry, dict):
        return ""
    if "path" in entry:
        return f" ({entry['path']})"
    ends = [str(entry[end]) for end in ("from", "to") if end in entry]
    return f" ({' to '.join(ends)})" if ends else ""


def _keys_beside(place: Sequence[int | str]) -> tuple[str, ...]:
    """The keys that are allowed in the table where this place is."""
    tables: Mapping[object, type[Settings]] = {
        "extracts": ExtractPlan,
        "agreements": Agreement,
        "patients": PatientPlan,
    }
    if len(place) > 1:
        return _keys(tables[place[0]])
    return ("extracts", *_keys(MergePlan), "census_date", "model")


def _keys(model: type[Settings]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _names(fault: ErrorDetails) -> tuple[str, ...]:
    """The words that are allowed where the choice is among words."""
    context = fault.get("ctx", {})
    if fault["type"] == "literal_error":
        return tuple(re.findall(r"'([^']*)'", context["expected"]))
    return tuple(context.get("names", ()))


def _expected(fault: ErrorDetails) -> str:
    if fault["type"] == "literal_error":
        return f"one of {', '.join(_names(fault))}"
    return _WORDS.get(fault["type"], fault["msg"].removeprefix("Input should be "))


def _shown(value: object) -> str:
    """The value as the file has it; a whole table is not repeated."""
    if not isinstance(value, str | int | float | date):
        return ""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return f" = {text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + '…'}"


def _nearest(given: str, names: Sequence[str]) -> str:
    """The question at the end of a message: did you mean this one."""
    old = OLD_NAMES.get(given.lower(), "")
    if old in names:
        return f'; did you mean "{old}"?'
    found = process.extractOne(given.lower(), names, scorer=fuzz.ratio, score_cutoff=_NEAR)
    return f'; did you mean "{found[0]}"?' if found else ""
