from __future__ import annotations

import json
from datetime import date

import pytest

from waitlist_merge.errors import ConservationError
from waitlist_merge.outputs.manifest import InputFile, build, without_numbers
from waitlist_merge.plan import MergePlan

RM3: InputFile = {
    "file": "RM3.csv",
    "sheet": "",
    "organisation": "RM3",
    "sha256": "1234567890" * 6 + "abcd",
    "census_date": "2026-11-15",
    "census_source": "file name",
    "records": 12,
    "entries": 10,
    "set_aside": 2,
}
RUN_DATE = date(2026, 11, 15)


def test_a_manifest_says_what_was_merged_and_how() -> None:
    manifest = build(
        plan=MergePlan(stale_days=3),
        run_date=RUN_DATE,
        inputs=[RM3],
        refused=["RW3.csv: it is empty; send the list again"],
        counts={"patients": 9},
        timings={"read": 0.123456},
        notes=["spanning tree for one group of 60 entries"],
    )
    assert json.loads(json.dumps(manifest)) == manifest
    assert manifest["inputs"] == [RM3]
    assert manifest["plan"]["stale_days"] == 3
    assert manifest["plan_digest"] == MergePlan(stale_days=3).digest()
    assert manifest["seconds"] == {"read": 0.123}
    assert manifest["counts"] == {"patients": 9}
    assert manifest["refused"] == ["RW3.csv: it is empty; send the list again"]
    assert {"python", "waitlist-merge", "pandas", "pyarrow"} <= set(manifest["versions"])


def test_a_package_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("waitlist_merge.outputs.manifest.PACKAGES", ("no-such-package-at-all",))
    manifest = build(plan=MergePlan(), run_date=RUN_DATE, inputs=[])
    assert manifest["versions"]["no-such-package-at-all"] == "not installed"


def test_every_file_whose_rows_are_not_accounted_for_is_named() -> None:
    lost = RM3 | {"file": "lost.csv", "entries": 9}
    more = RM3 | {"file": "more.csv", "entries": 11}
    with pytest.raises(ConservationError) as caught:
        build(plan=MergePlan(), run_date=RUN_DATE, inputs=[RM3, lost, more])
    message = str(caught.value)
    assert "lost.csv: 12 records, but 9 entries and 2 set aside" in message
    assert "more.csv" in message
    assert "RM3.csv" not in message
    assert caught.value.exit_code == 4


def test_a_manifest_holds_no_number_and_no_key() -> None:
    plan = MergePlan(
        hmac_key="a key of the region", superseded_numbers=(("9990000018", "9990000026"),)
    )
    named = RM3 | {"file": "list of 999 000 0018.csv"}
    refused = ["999-000-0026.csv: it is empty; send the list again"]
    text = json.dumps(build(plan=plan, run_date=RUN_DATE, inputs=[named], refused=refused))
    for secret in ("9990000018", "9990000026", "999 000 0018", "999-000-0026", "a key of"):
        assert secret not in text
    assert text.count("[number removed]") == 2


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("9990000018", False, id="alone"),
        pytest.param("a_9990000018.csv", False, id="in the name of a file"),
        pytest.param("999 000 0018", False, id="with spaces"),
        pytest.param("999-000 0018", True, id="mixed separators are no number"),
        pytest.param("123456789012", True, id="a longer number"),
        pytest.param("0a9990000018b", True, id="within a hash"),
        pytest.param("2026-11-15", True, id="a date"),
    ],
)
def test_only_what_looks_like_an_nhs_number_is_removed(text: str, kept: bool) -> None:
    assert (without_numbers({"x": [text]}) == {"x": [text]}) is kept
