"""One name text without what is no name: titles, newborn words, other names, stray marks.

Works on one distinct text at a time; ``names`` runs it over a column's distinct texts.

>>> clean_family("O;BRIEN (NEE SMITH)")
Cleaned(name="O'BRIEN", previous='SMITH', title=None, stand_in=False, repaired=True)
>>> clean_given("MISS Anne (Annie)").name, clean_given("TWIN 1").stand_in
('Anne', True)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from waitlist_merge.reference import load

_NOISE = load("name_noise")
_TITLES = load("titles")


def _words(kind: str) -> frozenset[str]:
    return frozenset(_NOISE.loc[_NOISE["kind"] == kind, "word"])


NEWBORN: Final = _words("newborn")
ORDER: Final = _words("order")
MISSING: Final = _words("missing")
SUFFIXES: Final = _words("suffix")
PARTICLES: Final = _words("particle")
TITLES: Final[Mapping[str, str]] = MappingProxyType(
    dict(zip(_TITLES["text"], _TITLES["title"], strict=True))
)


PLAIN: Final = r"^\p{L}[\p{L}\p{M}]*(?:[ '-]\p{L}[\p{L}\p{M}]*)*$"
SUSPECT: Final = (
    r"(?i)(?:^|[^\p{L}])(?:"
    + "|".join(re.escape(each) for each in sorted({*_NOISE["word"], *TITLES} - PARTICLES))
    + r")(?:$|[^\p{L}])|[ÃÂÄÅ][\x{80}-\x{bf}\x{152}-\x{2122}]"
)
"""RE2 patterns. A name that is PLAIN and not SUSPECT cleans to itself: most names of a column need
no cleaning."""


_SIMPLE = re.compile(r"[A-Za-z]+(?:[ '-][A-Za-z]+)*\Z")
_PART = re.compile(r"[a-z]+")
_LETTERED = re.compile(r"[a-z '-]+")
_NO_NAMES: Final = frozenset(
    part
    for word in (
        *({*_NOISE["word"], *TITLES} - PARTICLES),
        "null",
        "nan",
        "nat",
        "na",
        "nil",
        "none",
    )
    if _LETTERED.fullmatch(word)
    for part in _PART.findall(word)
)
"""Parts of the words that a name of plain letters could hold, and of those for a missing name."""


def is_simple(text: str) -> bool:
    """Is a name of plain letters, without a part that may be noise or stand for none or a test?

    It is PLAIN and not SUSPECT then; most names are, and this is told sooner than by the patterns.

    >>> is_simple("Smith-Jones"), is_simple("Baby Smith"), is_simple("XXTESTPATIENT")
    (True, False, False)
    """
    if not _SIMPLE.match(text):
        return False
    lower = text.lower()
    odd = "test" in lower or "use" in lower or lower.startswith(("xx", "zz"))
    return not odd and _NO_NAMES.isdisjoint(_PART.findall(lower))


class Cleaned(NamedTuple):
    """A name, the other names found beside it, and what was wrong.

    ``stand_in`` is True where the text stands for a name that is not known; ``repaired`` where a
    letter was mended.
    """

    name: str | None
    previous: str | None = None
    title: str | None = None
    stand_in: bool = False
    repaired: bool = False


def _any_of(kind: str) -> str:
    longest_first = sorted(_words(kind), key=len, reverse=True)
    return "|".join(re.escape(each) for each in longest_first)


_OPEN, _CLOSE = r"[(\[{]", r"[)\]}]"
_PREVIOUS_MARKED = re.compile(
    rf"[\s:]*{_OPEN}\s*(?:{_any_of('previous')})\b[\s:.]*(?P<name>[^)\]}}]*){_CLOSE}?",
    re.IGNORECASE,
)
_PREVIOUS_PLAIN = re.compile(
    r"(?<=\w)\s*(?:[\s:]+(?:prev|nee|née)\b[\s:.]*|[\s:]+pre:\s*|[\s:]+(?:formerly|previously)"
    r"(?: known as)?[\s:]+)(?P<name>.+)$",
    re.IGNORECASE,
)
_NOW = re.compile(rf"\s*{_OPEN}\s*now\b[\s:.]*(?P<name>[^)\]}}]*){_CLOSE}?", re.IGNORECASE)
_ALIAS = re.compile(
    rf"(?:^|[\s,:;]+|\s*{_OPEN}\s*)(?:{_any_of('alias')}|(?:formerly|previously)(?: known as)?|"
    rf"prev|(?P<maiden>nee|née))(?![\w'])[\s:.]*(?P<name>\w.*)$",
    re.IGNORECASE,
)
_BRACKETED = re.compile(rf"\s*{_OPEN}(?P<name>[^)\]}}]*){_CLOSE}?")
_MOTHER = re.compile(
    r"^(?:(?:baby|infant|inf|boy|girl|male|female|twin|triplet|one|two|three|i+|[123])\b\s*)+"
    r"(?:of|o/)\b|^b/o\b|^b\.o\.",
    re.IGNORECASE,
)

_COMMON_TITLES: Final = frozenset({"mr", "mrs", "miss", "ms", "mx", "mstr", "dr"})
"""Titles that may follow a name without brackets; the others are surnames too (Taylor Lord)."""

_EDGES = ' \t;,.:?!*"+=_/\\~^|#-'
_QUOTES = str.maketrans(
    {"`": "'", "´": "'", "\u2018": "'", "\u2019": "'", "\u02bc": "'", '"': None}
)
_MENDS: Final = (
    (re.compile(r"^0(?=')|(?<=[A-Za-z'])0(?=[A-Za-z])|^0(?=[A-Za-z]{2})"), "O"),
    (re.compile(r"\b([OD])[;?](?=[A-Za-z])", re.IGNORECASE), r"\1'"),
    (re.compile(r"\\"), ""),
)
_JOINED = re.compile(r"(?<=\w)\s*[/_]\s*(?=\w)")
_MISREAD = re.compile("[ÃÂÄÅ][\u0080-\u00bf\u0152-\u2122]")
"""UTF-8 that was read as Windows-1252: ``Ã©`` for ``é``."""


def _unmisread(text: str) -> str:
    if not _MISREAD.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def _mended(text: str) -> tuple[str, bool]:
    """The text with typing slips mended, and whether a letter was touched."""
    quoted = " ".join(_unmisread(text).translate(_QUOTES).split())
    mended = quoted
    for slip, by in _MENDS:
        mended = slip.sub(by, mended)
    return mended, mended != " ".join(text.translate(_QUOTES).split())


def _plain(token: str) -> str:
    return token.strip("().[]").lower()


def take_title(text: str) -> tuple[str, str | None]:
    """The text without a title before, after or in brackets beside it, and the title.

    >>> take_title("O'Neill Anne-Marie (MISS)")
    ("O'Neill Anne-Marie", 'Miss')
    """
    tokens = text.split()
    title = None
    while len(tokens) > 1 and _plain(tokens[0]) in TITLES:
        title = title or TITLES[_plain(tokens.pop(0))]
    bracketed = len(tokens) > 1 and tokens[-1][0] in "([" and _plain(tokens[-1]) in TITLES
    trailing = len(tokens) > 1 and _plain(tokens[-1]) in _COMMON_TITLES
    if bracketed or trailing:
        title = TITLES[_plain(tokens.pop())]
    return " ".join(tokens), title


def _without_order(text: str) -> str:
    """The text without words for the order in a multiple birth at its end or beginning."""
    tokens = text.split()
    while len(tokens) > 1 and (tokens[-1].lower() in ORDER or tokens[-1].isdigit()):
        tokens.pop()
    if tokens and tokens[0].lower() in ORDER and len(tokens[0]) > 3:
        while len(tokens) > 1 and (tokens[0].lower() in ORDER or tokens[0].isdigit()):
            tokens.pop(0)
    return " ".join(tokens)


def _stands_for_family(text: str) -> bool:
    """True where a family name is a word for a missing one; Male, Boy and Twin are surnames."""
    folded = text.lower()
    return folded in MISSING or folded == "baby" or bool(_MOTHER.match(text))


def _stands_for_given(text: str) -> bool:
    folded = text.lower()
    tokens = folded.split()
    unnamed = all(each in NEWBORN or each in ORDER or each.isdigit() for each in tokens)
    return folded in MISSING or bool(_MOTHER.match(text)) or (bool(tokens) and unnamed)


def _settled(clean: Callable[[str], Cleaned], text: str) -> Cleaned:
    """The text cleaned until cleaning changes nothing: noise may hide behind noise."""
    cleaned = clean(text)
    while cleaned.name:
        again = clean(cleaned.name)
        if again.name == cleaned.name:
            break
        cleaned = Cleaned(
            again.name,
            cleaned.previous or again.previous,
            cleaned.title or again.title,
            stand_in=again.stand_in,
            repaired=cleaned.repaired or again.repaired,
        )
    return cleaned


def clean_family(text: str) -> Cleaned:
    """A family name: earlier names to ``previous``, titles, suffixes and twin words taken off."""
    return _settled(_clean_family, text)


def clean_given(text: str) -> Cleaned:
    """Given names: other names for the person, titles and newborn words taken off."""
    return _settled(_clean_given, text)


def _clean_family(text: str) -> Cleaned:
    mended, repaired = _mended(text)
    bare, title = take_title(mended)
    now = _NOW.search(bare)
    if now:
        outer = bare[: now.start()].strip(_EDGES)
        return Cleaned(now["name"].strip(_EDGES) or None, outer or None, title, repaired=repaired)
    previous = None
    for pattern in (_PREVIOUS_MARKED, _PREVIOUS_PLAIN, _BRACKETED):
        found = pattern.search(bare)
        if found and found.start() > 0:
            previous = previous or _word_or_none(found["name"])
            bare = bare[: found.start()] + bare[found.end() :]
    tokens = _JOINED.sub("-", _without_order(bare)).split()
    while len(tokens) > 1 and _plain(tokens[-1]) in SUFFIXES:
        tokens.pop()
    name = " ".join(tokens).strip(_EDGES)
    if _stands_for_family(name) or not any(each.isalpha() for each in name):
        return Cleaned(None, previous, title, stand_in=bool(name), repaired=repaired)
    return Cleaned(name, previous, title, repaired=repaired)


def _clean_given(text: str) -> Cleaned:
    mended, repaired = _mended(text)
    if _MOTHER.match(mended):
        return Cleaned(None, stand_in=True)
    bare, title = take_title(mended)
    marked = _PREVIOUS_MARKED.search(bare)
    previous = _word_or_none(marked["name"]) if marked else None
    alias = _ALIAS.search(bare)
    if alias:
        previous = previous or (_word_or_none(alias["name"]) if alias["maiden"] else None)
        bare = bare[: alias.start()].strip(_EDGES) or alias["name"]
    bare = _BRACKETED.sub(" ", bare).replace(",", " ")
    tokens = _without_order(" ".join(bare.split())).split()
    if len(tokens) > 1 and tokens[0].lower() in NEWBORN:
        tokens = [each for each in tokens if each.lower() not in NEWBORN | ORDER] or tokens
    lettered = [each for each in tokens if any(map(str.isalpha, each))]
    name = " ".join(each.strip(_EDGES) for each in lettered)
    if not name or _stands_for_given(name) or _plain(name) in TITLES:
        return Cleaned(None, previous, title, stand_in=bool(tokens), repaired=repaired)
    return Cleaned(name, previous, title, repaired=repaired)


def _word_or_none(text: str) -> str | None:
    return text.strip(_EDGES + "()[]") or None
