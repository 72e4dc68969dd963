"""A region over a quarter, with the truth: who joins, leaves, is treated, dies, is corrected.

Four organisations send a list every Monday. What each row is, and whose need, is known here and not
to the program; a script of thirteen weeks asks whether it lost anybody.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random

import pandas as pd

from benchmarks.town import Person, Town

ORGANISATIONS = ("RM3", "RW3", "R0A", "RXL")
SERVICES = ("110", "130", "330", "120", "502", "101")
PROCEDURES = {
    "110": "W371",
    "130": "C751",
    "330": "S065",
    "120": "F341",
    "502": "Q074",
    "101": "M651",
}
FIRST_MONDAY = dt.date(2026, 8, 31)

JOINING, TREATED, DYING, DROPPED, CORRECTED, MOVED = 0.02, 0.015, 0.001, 0.0015, 0.01, 0.002
"""Share of needs (of rows, where corrected) each week. About what a trust's list turns over in a
week; ``DROPPED`` rows leave without a word, which is what the quarter is about."""
DOUBLE, WITH_IDENTIFIER = 0.08, 0.3
"""Share of needs that two organisations list, and of these that share a pathway identifier."""


@dataclass(slots=True)
class Place:
    """One place on one list: what its organisation sends, and what is true of it."""

    number: int
    need: int
    organisation: str
    sent: dict[str, str]
    state: str = "waiting"


@dataclass(slots=True)
class Need:
    """What a person waits for; ``ended`` once they have been treated or have died."""

    person: int
    places: list[int] = field(default_factory=list)
    ended: bool = False


@dataclass(slots=True)
class Region:
    """The lists of the region, week by week; one generator of chance for the whole quarter."""

    chance: Random
    town: Town
    people: list[Person] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    @classmethod
    def of(cls, *, needs: int, seed: int) -> Region:
        pools = ("english", "muslim", "polish", "punjabi")
        town = Town.of(seed, *pools, size=4 * needs)
        region = cls(Random(seed), town)  # noqa: S311 - the same quarter each time
        for _ in range(needs):
            region.join(FIRST_MONDAY - dt.timedelta(days=region.chance.randrange(7, 500)))
        return region

    def waiting(self) -> list[Place]:
        return [place for place in self.places if place.state == "waiting"]

    def join(self, referred: dt.date) -> None:
        """Somebody is referred, now and then to two organisations for one need."""
        again = self.people and self.chance.random() < 0.1
        if not again:
            self.people.append(self.town.person())
        person = self.chance.randrange(len(self.people)) if again else len(self.people) - 1
        need = Need(person)
        self.needs.append(need)
        service = self.chance.choice(SERVICES)
        several = self.chance.random() < DOUBLE
        shared = f"{self.chance.randrange(10**12):020d}"
        first, second = self.chance.sample(ORGANISATIONS, 2)
        side = self.chance.choice(("left", "right"))
        same = not several or self.chance.random() < WITH_IDENTIFIER
        for at, code in enumerate((first, second) if several else (first,)):
            day = referred + dt.timedelta(days=at * self.chance.randrange(1, 14))
            own = shared if same else f"{self.chance.randrange(10**12):020d}"
            self.list_at(
                code, len(self.needs) - 1, service, day, own, first if same else code, side
            )

    def list_at(
        self, code: str, need: int, service: str, day: dt.date, pathway: str, issuer: str, side: str
    ) -> Place:
        """One more row on the list of an organisation."""
        person = self.people[self.needs[need].person]
        names = ("nhs_number", "family_name", "given_name", "birth_date", "postcode", "address")
        sent = {name: person[name] for name in names} | {
            "nhs_number_status": "01",
            "gender": {"M": "1", "F": "2"}[person["sex"]],
            "local_patient_identifier": f"{code}{self.needs[need].person:06d}",
            "patient_pathway_identifier": pathway,
            "pathway_identifier_issuer": issuer,
            "treatment_function_code": service,
            "procedure_code": PROCEDURES[service],
            "laterality": side,
            "referral_date": day.isoformat(),
            "rtt_start_date": day.isoformat(),
            "rtt_end_date": "",
            "rtt_status": "20",
            "death_date": "",
            "tci_date": "",
        }
        place = Place(len(self.places), need, code, sent)
        self.places.append(place)
        self.needs[need].places.append(place.number)
        return place

    def pass_a_week(self, today: dt.date) -> None:
        """What happens between two Mondays."""
        for place in self.places:
            if place.state == "stopped":
                place.state = "gone"
        open_needs = [need for need in self.needs if self._waits(need)]
        for need in open_needs:
            self._befall(need, today)
        for place in self.waiting():
            if self.needs[place.need].ended and self.chance.random() < 0.5:
                place.state = "gone"
            elif self.chance.random() < CORRECTED:
                self._correct(place)
        for _ in range(round(JOINING * len(open_needs))):
            self.join(today - dt.timedelta(days=self.chance.randrange(1, 7)))

    def _befall(self, need: Need, today: dt.date) -> None:
        """What happens to one need in a week: mostly nothing."""
        drawn = self.chance.random()
        if drawn < TREATED:
            self._treat(need, today)
        elif drawn < TREATED + DYING:
            self._die(need, today)
        elif drawn < TREATED + DYING + DROPPED and self._waits(need):
            self.chance.choice(self._waits(need)).state = "gone"
        elif drawn < TREATED + DYING + DROPPED + MOVED and self._waits(need):
            self._move(need)

    def _waits(self, need: Need) -> list[Place]:
        mine = [self.places[number] for number in need.places]
        return [] if need.ended else [place for place in mine if place.state == "waiting"]

    def _treat(self, need: Need, today: dt.date) -> None:
        """One organisation treats and stops the clock; others notice in their own time."""
        waits = self._waits(need)
        if not waits:
            return
        place = self.chance.choice(waits)
        place.sent |= {
            "rtt_status": "30",
            "rtt_end_date": (today - dt.timedelta(days=2)).isoformat(),
        }
        place.state = "stopped"
        need.ended = True

    def _die(self, need: Need, today: dt.date) -> None:
        for other in self.needs:
            if other.person != need.person:
                continue
            for place in self._waits(other):
                died = (today - dt.timedelta(days=3)).isoformat()
                place.sent |= {"rtt_status": "36", "death_date": died, "rtt_end_date": died}
                place.state = "stopped"
            other.ended = True

    def _move(self, need: Need) -> None:
        """Handed to another organisation under the same pathway identifier."""
        place = self._waits(need)[0]
        others = {self.places[number].organisation for number in need.places}
        free = sorted(set(ORGANISATIONS) - others)
        if not free:
            return
        place.state = "gone"
        moved = self.list_at(free[0], place.need, "110", FIRST_MONDAY, "", "", "")
        local = moved.sent["local_patient_identifier"]
        moved.sent = place.sent | {"local_patient_identifier": local}

    def _correct(self, place: Place) -> None:
        """A record is put right, or wrong."""
        sent, kind = place.sent, self.chance.randrange(5)
        if kind == 0:
            sent["family_name"] = self.town.slip(sent["family_name"])
        elif kind == 1:
            pathway = sent["patient_pathway_identifier"]
            sent["patient_pathway_identifier"] = pathway[:-2] + pathway[-1] + pathway[-2]
        elif kind == 2:
            day = dt.date.fromisoformat(sent["referral_date"]) + dt.timedelta(days=1)
            sent["referral_date"] = day.isoformat()
        elif kind == 3:
            day = dt.date.fromisoformat(sent["rtt_start_date"]) + dt.timedelta(days=14)
            sent["rtt_start_date"] = day.isoformat()
        else:
            sent["postcode"] = self.town.postcode("LS")

    def renumber(self, code: str) -> None:
        """An organisation changes all its hospital numbers."""
        for place in self.places:
            if place.organisation == code:
                local = place.sent["local_patient_identifier"]
                place.sent["local_patient_identifier"] = f"9{local[3:]}"

    def lists(self) -> dict[str, tuple[pd.DataFrame, list[int]]]:
        """The list of each organisation, and which place each of its rows is."""
        found = {}
        for code in ORGANISATIONS:
            mine = [
                place
                for place in self.places
                if place.organisation == code and place.state in ("waiting", "stopped")
            ]
            frame = pd.DataFrame([place.sent for place in mine])
            found[code] = (frame, [place.number for place in mine])
        return found
