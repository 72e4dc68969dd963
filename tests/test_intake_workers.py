"""Are files read by several processes the same as read one after another?"""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from waitlist_merge.errors import ConfigError, RefusedExtract
from waitlist_merge.intake import workers
from waitlist_merge.intake.extract import Extract
from waitlist_merge.intake.workers import Job, read_each
from waitlist_merge.plan import ExtractPlan

DAY = dt.date(2026, 11, 15)


@pytest.fixture
def jobs(tmp_path: Path) -> list[Job]:
    found = []
    for number, code in enumerate(("RM3", "RW3", "RXK")):
        rows = "".join(f"99900000{at:02d},{code}{at},Okafor,3/2/19{at}\n" for at in range(10, 40))
        path = tmp_path / f"{code}.csv"
        path.write_text("NHS No,Hospital number,Surname,DOB\n" + rows * (number + 1))
        found.append(Job(str(path), code, None, typed=True, census=DAY))
    return found


def test_several_processes_answer_as_one_does(jobs: list[Job]) -> None:
    missing = Job("no such file.csv", "RM3", None, typed=True, census=DAY)
    alone, together = (read_each([*jobs, missing], processes=count) for count in (1, 2))
    assert [type(each) for each in together] == [Extract, Extract, Extract, RefusedExtract]
    assert str(together[-1]) == str(alone[-1])
    for one, other in zip(alone[:3], together[:3], strict=True):
        assert isinstance(one, Extract)
        assert isinstance(other, Extract)
        assert one.source_file == other.source_file
        assert one.values is not None
        assert other.values is not None
        pd.testing.assert_frame_equal(one.values.entries, other.values.entries)
        pd.testing.assert_frame_equal(one.values.findings, other.values.findings)
        np.testing.assert_array_equal(one.digests, other.digests)


def test_text_goes_once_its_values_are_typed_and_stays_where_there_is_no_day(
    jobs: list[Job],
) -> None:
    typed, untyped = read_each([jobs[0], Job(jobs[0].path, "RM3", None, typed=True)])
    assert isinstance(typed, Extract)
    assert isinstance(untyped, Extract)
    assert typed.text.shape == (30, 0)
    assert typed.values is not None
    assert untyped.values is None
    assert untyped.text.shape == (30, 4)


def test_an_error_of_the_configuration_is_told_from_any_process(jobs: list[Job]) -> None:
    wrong = ExtractPlan(path="x", columns={"No such heading": "nhs_number"})
    bad = Job(jobs[0].path, "RM3", wrong)
    with pytest.raises(ConfigError) as alone:
        read_each([bad])
    with pytest.raises(ConfigError) as together:
        read_each([jobs[1], bad], processes=2)
    assert str(together.value) == str(alone.value)


def test_what_a_process_cannot_answer_is_done_here(
    jobs: list[Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_START", "raise SystemExit")
    answers = read_each(jobs, processes=2)
    assert [each.source_file for each in answers if isinstance(each, Extract)] == [
        "RM3.csv",
        "RW3.csv",
        "RXK.csv",
    ]


def test_a_refusal_can_be_sent() -> None:
    refusal = RefusedExtract("a.csv", "empty", "send it again")
    sent = pickle.loads(pickle.dumps(refusal))  # noqa: S301
    assert (str(sent), sent.cure) == ("a.csv: empty; send it again", "send it again")
