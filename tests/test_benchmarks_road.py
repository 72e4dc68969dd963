"""Do the files of the whole road hold every place on the list, in shapes that are understood?"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = str(Path(__file__).parents[1])
if ROOT not in sys.path:
    sys.path.append(ROOT)

from benchmarks.england import make_england  # noqa: E402
from benchmarks.england_lists import SHAPES, write_lists  # noqa: E402
from waitlist_merge.intake.requests import FileRequest, read_all  # noqa: E402
from waitlist_merge.plan import MergeConfig  # noqa: E402


def test_every_place_is_read_back_from_every_shape(tmp_path: Path) -> None:
    made = make_england(entries=400, seed=5)
    files = write_lists(made.records, made.truth.astype(np.int64), tmp_path)
    assert len(files) >= len(SHAPES)
    extracts, refused = read_all([FileRequest.parse(each) for each in files], MergeConfig())
    assert not refused
    whole = pd.concat([each.text.astype(object) for each in extracts], ignore_index=True)
    assert len(whole) == len(made.records)
    found = whole["nhs_number"].dropna().str.replace(" ", "")
    assert sorted(found) == sorted(made.records["nhs_number"].dropna())
    fields = {"family_name", "birth_date", "patient_pathway_identifier", "rtt_start_date"}
    assert all(fields <= set(each.text.columns) for each in extracts)
