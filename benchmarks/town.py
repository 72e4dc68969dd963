"""People drawn one by one, and what an organisation records of them: for the small shapes.

Names are those of ``names.csv``; errors are made letter by letter. Nothing is shared with the demo
region but the check digit of NHS numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd

from waitlist_merge.demo.numbers import nhs_numbers

Person = dict[str, str]
"""Fields by name; the birth date as YYYY-MM-DD, what is not known as empty text."""

FIRST, LAST = np.datetime64("1931-01-01"), np.datetime64("2021-12-31")
STREETS = ("Mill Row", "Canal Side", "Orchard Way", "Priory Lane", "Quarry Bank", "Ferry Road")
TOWNS = {"LS": "Leeds", "BD": "Bradford", "NE": "Newcastle", "PL": "Plymouth", "NR": "Norwich"}
ORGANISATIONS = ("RR8", "RAE", "RTD", "RK9", "RM1", "RCF", "RXF", "RWY", "RTF", "RA9")


@cache
def listed_names(pool: str, part: str) -> tuple[tuple[str, ...], dict[str, list[str]]]:
    """Names of a pool and the other spellings of each."""
    table = pd.read_csv(Path(__file__).with_name("names.csv"), comment="#", keep_default_na=False)
    some = table[(table["pool"] == pool) & (table["part"] == part)]
    others = {row.name: row.others.split(";") if row.others else [] for row in some.itertuples(0)}
    return tuple(others), others


@dataclass(slots=True)
class Town:
    """Draws people and what is recorded of them; one generator of chance for a whole set."""

    chance: Random
    pools: tuple[str, ...]
    numbers: list[int]
    first_january: float = 0.0

    @classmethod
    def of(cls, seed: int, *pools: str, size: int, first_january: float = 0.0) -> Town:
        numbers = nhs_numbers(np.random.default_rng(seed), size).tolist()
        chance = Random(seed)  # noqa: S311  (the same set each time is what is wanted)
        return cls(chance, pools, numbers, first_january)

    def one_of(self, pool: str, part: str) -> str:
        """A name, the first of the list more often than the last."""
        names = listed_names(pool, part)[0]
        return names[min(int(self.chance.expovariate(4 / len(names))), len(names) - 1)]

    def person(self, **known: str) -> Person:
        """Somebody new; what is ``known`` is taken over."""
        pool = known.get("pool") or self.chance.choice(self.pools)
        sex = known.get("sex") or self.chance.choice("FM")
        area = self.chance.choice(tuple(TOWNS))
        born = FIRST + np.timedelta64(self.chance.randrange(int((LAST - FIRST).astype(int))), "D")
        if self.chance.random() < self.first_january:
            born = born.astype("datetime64[Y]").astype("datetime64[D]")
        drawn = {
            "pool": pool,
            "sex": sex,
            "family_name": _of_sex(pool, sex, self.one_of(pool, "family")),
            "given_name": self.one_of(pool, sex),
            "birth_date": str(born),
            "postcode": self.postcode(area),
            "address": f"{self.chance.randrange(1, 200)} {self.chance.choice(STREETS)}, "
            f"{TOWNS[area]}",
            "phone": f"01632 {self.chance.randrange(10**6):06d}",
        }
        drawn |= known
        if "nhs_number" not in drawn:
            drawn["nhs_number"] = str(self.numbers.pop())
        return drawn

    def postcode(self, area: str) -> str:
        letters = "ABDEFGHJLNPQRSTUWXYZ"
        inward = "".join(self.chance.choices(letters, k=2))
        return f"{area}{self.chance.randrange(1, 30)} {self.chance.randrange(10)}{inward}"

    def spelled(self, person: Person, part: str) -> str:
        """Another spelling of the person's name, the name itself where none is listed."""
        name = person[part]
        listed = listed_names(person["pool"], "family" if part == "family_name" else person["sex"])[
            1
        ]
        return self.chance.choice(listed.get(name) or [name])

    def slip(self, text: str) -> str:
        """The text with one letter left out, doubled, changed, or two exchanged."""
        at = self.chance.randrange(len(text))
        kind = self.chance.randrange(4)
        other = self.chance.choice("abcdefghijklmnopqrstuvwxyz")
        changed = (
            text[:at] + text[at + 1 :],
            text[: at + 1] + text[at:],
            text[:at] + other + text[at + 1 :],
            text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :] if at else text + other,
        )[kind]
        return changed.strip() or text

    def held(self, person: Person, *, error: float = 0.08, moved: float = 0.2) -> Person:
        """What one organisation records of a person: each kind of error at the rate ``error``."""
        record = dict(person)
        for part in ("family_name", "given_name"):
            if self.chance.random() < error / 2:
                record[part] = self.slip(record[part])
            elif self.chance.random() < error:
                record[part] = self.spelled(person, part)
        if self.chance.random() < error / 8:
            record["family_name"], record["given_name"] = (
                record["given_name"],
                record["family_name"],
            )
        if self.chance.random() < error / 2:
            record["birth_date"] = self.near(record["birth_date"])
        if self.chance.random() < moved:
            elsewhere = self.person(pool=person["pool"], nhs_number="")
            record |= {name: elsewhere[name] for name in ("postcode", "address", "phone")}
        return record

    def near(self, born: str) -> str:
        """A birth date with the day, the month or the year wrong."""
        year, month, day = (int(part) for part in born.split("-"))
        kind = self.chance.randrange(4)
        if kind == 0:
            day = day % 28 + 1
        elif kind == 1:
            month = month % 12 + 1
        elif kind == 2:
            year += self.chance.choice((-10, -1, 1, 10))
        elif day <= 12:
            month, day = day, month
        return f"{year:04d}-{month:02d}-{min(day, 28):02d}"


def _of_sex(pool: str, sex: str, family: str) -> str:
    """Who bears Singh and who Kaur; women's forms of Polish names."""
    if pool == "punjabi" and family in ("Singh", "Kaur"):
        return "Kaur" if sex == "F" else "Singh"
    if pool == "muslim" and family in ("Begum", "Bibi", "Khatun"):
        return family if sex == "F" else "Miah"
    if pool == "polish" and sex == "F" and family.endswith("ski"):
        return family[:-1] + "a"
    return family
