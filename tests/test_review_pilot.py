"""A sample that nobody has chosen, workbooks that tell nothing, and shares that are right."""

from __future__ import annotations

import shutil
from itertools import combinations
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from typer.testing import CliRunner

import waitlist_merge as wm
from waitlist_merge.cli import app
from waitlist_merge.demo.region import generate_region
from waitlist_merge.errors import InputError, OutputError
from waitlist_merge.outputs.sampling import KEY, read_answers, read_key, write_sample
from waitlist_merge.outputs.views import made_ready
from waitlist_merge.review.pilot import Stratum, draw, score
from waitlist_merge.review.pilot.near import near_misses
from waitlist_merge.review.pilot.sample import _evenly
from waitlist_merge.review.pilot.score import interval

CENSUS = "2026-11-15"


def merged_region(entries: int, seed: int) -> wm.MergeResult:
    made = generate_region(entries=entries, seed=seed).entries
    lists = []
    for code in sorted(made["organisation"].astype(str).unique()):
        own = made[made["organisation"] == code]
        frame = own.drop(columns=["organisation", "census_date"]).dropna(axis=1, how="all")
        lists.append(
            wm.Extract.from_frame(frame.reset_index(drop=True), organisation=code, name=code)
        )
    return wm.merge(lists, census_date=CENSUS)


@pytest.fixture(scope="module")
def region() -> wm.MergeResult:
    return merged_region(entries=900, seed=5)


@pytest.fixture(scope="module")
def drawn(region: wm.MergeResult) -> pd.DataFrame:
    whole = made_ready(region.tables, region.manifest())
    return draw(region.tables, n=60, withheld=whole.withheld)


def written(region: wm.MergeResult, drawn: pd.DataFrame, folder: Path) -> list[Path]:
    day = region.accepted.run_date
    return write_sample(folder, drawn, region.entries, run_date=day)


def test_each_stratum_has_its_share_and_every_pair_is_of_the_run(
    region: wm.MergeResult, drawn: pd.DataFrame
) -> None:
    assert len(drawn) == 60
    assert drawn["pair_id"].is_unique
    counts = drawn.groupby(["level", "stratum"]).size()
    sizes = drawn.groupby(["level", "stratum"])["population"].first()
    full = counts == sizes
    assert counts[~full].max() - counts[~full].min() <= 1
    for level, links in (("patient", region.patient_links), ("pathway", region.pathway_links)):
        pairs = set(zip(links["entry_id_a"], links["entry_id_b"], strict=True))
        near = (level == "patient") & (drawn["stratum"] == str(Stratum.NEAR_MISS))
        mine = drawn.loc[(drawn["level"] == level) & ~near]
        assert set(zip(mine["entry_id_a"], mine["entry_id_b"], strict=True)) <= pairs
    assert {str(each) for each in Stratum} == set(drawn["stratum"])


def test_the_same_run_gives_the_same_sample_whatever_the_order_of_rows(
    region: wm.MergeResult, drawn: pd.DataFrame
) -> None:
    whole = made_ready(region.tables, region.manifest())
    turned = {
        name: table.iloc[::-1].reset_index(drop=True) for name, table in region.tables.items()
    }
    again = draw(turned, n=60, withheld=whole.withheld[::-1])
    pd.testing.assert_frame_equal(again, drawn)


def test_no_part_of_a_stratum_is_drawn_for_being_the_first_of_the_list() -> None:
    parts = [*("RA1;RM3",) * 3, *("RM3;RW3",) * 94, *("RW3;RXK",) * 3]
    known = {"organisations": parts, "ethnic_group": "A", "pair_id": range(100)}
    drawn = _evenly(pd.DataFrame(known), 10)
    assert drawn["organisations"].tolist() == ["RM3;RW3"] * 10
    assert _evenly(pd.DataFrame(known), 0).empty
    assert len(_evenly(pd.DataFrame(known), 100)["pair_id"].unique()) == 100


def test_nobody_who_is_withheld_is_in_a_sample(region: wm.MergeResult, drawn: pd.DataFrame) -> None:
    ids = set(drawn["entry_id_a"].head(20))
    withheld = region.entries["entry_id"].isin(ids).to_numpy(dtype=bool)
    some = draw(region.tables, n=10_000, withheld=withheld)
    assert len(some) > len(drawn)
    assert not ids & {*some["entry_id_a"], *some["entry_id_b"]}


def test_a_sample_of_a_service_has_an_entry_of_it_in_every_pair(region: wm.MergeResult) -> None:
    service = region.entries.set_index("entry_id")["treatment_function_code"].astype(str)
    of_one = str(service.value_counts().index[0])
    some = draw(region.tables, n=10_000, services=[of_one])
    every = draw(region.tables, n=10_000)
    patient = region.entries.set_index("entry_id")["patient_id"].astype(str)

    def of_the_service(pairs: pd.DataFrame) -> pd.Series:
        ends = [pairs[name].map(service).eq(of_one) for name in ("entry_id_a", "entry_id_b")]
        return ends[0] | ends[1]

    def people(pairs: pd.DataFrame) -> set[frozenset[str]]:
        near = pairs["stratum"].eq(str(Stratum.NEAR_MISS)) & pairs["level"].eq("patient")
        ends = (pairs.loc[near, name].map(patient) for name in ("entry_id_a", "entry_id_b"))
        return {frozenset(each) for each in zip(*ends, strict=True)}

    assert of_the_service(some).all()
    assert set(some["pair_id"]) >= set(every.loc[of_the_service(every), "pair_id"])
    assert people(every.loc[of_the_service(every)]) <= people(some) <= people(every)
    linked = some.loc[some["weight"].notna(), "pair_id"]
    assert set(linked) == set(every.loc[of_the_service(every) & every["weight"].notna(), "pair_id"])
    assert 0 < len(some) < len(every)
    with pytest.raises(InputError, match="no entry is of service 999"):
        draw(region.tables, n=10, services=["999"])


def test_a_sample_holds_near_misses_of_people_without_a_weight(
    region: wm.MergeResult, drawn: pd.DataFrame, tmp_path: Path
) -> None:
    near = drawn.loc[(drawn["level"] == "patient") & (drawn["stratum"] == str(Stratum.NEAR_MISS))]
    found = near_misses(region.tables)
    assert set(near["population"]) == {len(found)}
    pairs = set(zip(found["entry_id_a"], found["entry_id_b"], strict=True))
    assert set(zip(near["entry_id_a"], near["entry_id_b"], strict=True)) <= pairs
    assert near["weight"].isna().all()
    assert (near["veto"] == "").all()
    patient = region.entries.set_index("entry_id")["patient_id"]
    assert (near["entry_id_a"].map(patient) != near["entry_id_b"].map(patient)).all()
    withheld = region.entries["entry_id"].eq(near["entry_id_a"].iloc[0]).to_numpy(dtype=bool)
    fewer = draw(region.tables, n=60, withheld=withheld)
    fewer = fewer.loc[(fewer["level"] == "patient") & (fewer["stratum"] == "near miss")]
    assert set(fewer["population"]) == {len(found) - 1}
    written(region, near, tmp_path / "sample")
    assert read_key(tmp_path / "sample")["weight"].isna().all()


def test_a_run_without_pairs_gives_an_empty_sample() -> None:
    alone = wm.merge(
        [wm.Extract.from_frame(pd.DataFrame({"NHS number": ["9990000018"]}), organisation="RM3")],
        census_date=CENSUS,
    )
    assert draw(alone.tables, n=10).empty


def test_a_workbook_shows_neither_weight_nor_confidence_nor_reason(
    region: wm.MergeResult, drawn: pd.DataFrame, tmp_path: Path
) -> None:
    told = {"pair", "question", "answer", "reader", "note", "reader's organisation"}
    for path in written(region, drawn, tmp_path / "sample"):
        book = openpyxl.load_workbook(path)
        assert book.sheetnames == ["About", "People", "Needs"]
        code = path.stem.removeprefix("sample_")
        for sheet in (book["People"], book["Needs"]):
            heading, *rows = sheet.iter_rows(values_only=True)
            names = {str(each).casefold() for each in heading}
            assert told <= names
            assert not {"weight", "confidence", "how sure", "why it is asked"} & names
            ids = [row[0] for row in rows]
            assert ids == sorted(ids)
            asked = drawn.set_index("pair_id").loc[ids]
            assert all(code in each.split(";") for each in asked["organisations"])
    said = {path.name for path in (tmp_path / "sample").iterdir()}
    codes = {code for each in drawn["organisations"] for code in each.split(";")}
    assert said == {KEY, *(f"sample_{code}.xlsx" for code in codes)}


def test_the_key_comes_back_as_it_was(
    region: wm.MergeResult, drawn: pd.DataFrame, tmp_path: Path
) -> None:
    written(region, drawn, tmp_path / "sample")
    pd.testing.assert_frame_equal(read_key(tmp_path / "sample"), drawn, check_dtype=False)
    with pytest.raises(InputError, match=r"has no sample_key\.csv"):
        read_key(tmp_path)
    plain = drawn.assign(organisations="001")
    written(region, plain, tmp_path / "plain")
    assert set(read_key(tmp_path / "plain")["organisations"]) == {"001"}


def fill_in(path: Path, answers: dict[str, str], reader: str = "A. Clerk") -> None:
    """Answer the pairs as a person does."""
    book = openpyxl.load_workbook(path)
    for sheet in (book["People"], book["Needs"]):
        place = {cell.value: cell.column for cell in sheet[1]}
        for row in range(2, sheet.max_row + 1):
            if answer := answers.get(sheet.cell(row, place["Pair"]).value):
                sheet.cell(row, place["Answer"]).value = answer
                sheet.cell(row, place["Reader"]).value = reader
    book.save(path)


def test_answers_come_back_from_several_workbooks(
    region: wm.MergeResult, drawn: pd.DataFrame, tmp_path: Path
) -> None:
    paths = written(region, drawn, tmp_path / "sample")
    words = {"patient": "Same person", "pathway": "different needs"}
    answers = dict(zip(drawn["pair_id"], drawn["level"].map(words), strict=True))
    for path in paths:
        fill_in(path, answers)
    found = read_answers(paths, drawn).answers
    two = drawn["organisations"].str.contains(";").sum()
    assert len(found) == len(drawn) + two
    assert set(found["answer"]) == {"same person", "different needs"}
    assert set(found["reader"]) == {"aclerk"}


def test_all_that_is_wrong_with_answers_is_said_together(
    region: wm.MergeResult, drawn: pd.DataFrame, tmp_path: Path
) -> None:
    paths = written(region, drawn, tmp_path / "sample")
    people = drawn.loc[(drawn["level"] == "patient"), "pair_id"]
    fill_in(paths[0], dict.fromkeys(people, "perhaps"))
    book = openpyxl.load_workbook(paths[1])
    book["Needs"]["A2"] = "S-ELSEWHERE"
    book["Needs"]["C2"] = "same need"
    book.save(paths[1])
    book["People"]["C2"] = "same person"
    book["People"]["D2"] = "A. Reader"
    book["Needs"].insert_rows(1, 2)
    book.save(paths[1])
    (tmp_path / "empty.xlsx").write_bytes(b"")
    read = read_answers([*paths, tmp_path / "empty.xlsx"], drawn)
    told = "\n".join(read.problems)
    assert "sheet People, row 2: is none of the answers" in told
    assert f"{paths[1].name}, sheet Needs, row 4: is no pair of this sample" in told
    assert "empty.xlsx: cannot be read as a workbook" in told
    assert read.answers["answer"].tolist() == ["same person"]
    assert read.workbooks == len(paths)
    with pytest.raises(InputError, match="cannot be read as a workbook"):
        read_answers([tmp_path / "empty.xlsx"], drawn)
    with pytest.raises(InputError, match="there is no such file; check the path"):
        read_answers([tmp_path / "none.xlsx"], drawn)


def test_two_readers_who_do_not_sign_are_not_taken_for_one(
    region: wm.MergeResult, drawn: pd.DataFrame, tmp_path: Path
) -> None:
    path = written(region, drawn, tmp_path / "sample")[0]
    [pair, *_] = openpyxl.load_workbook(path)["People"].iter_rows(min_row=2, values_only=True)
    said = {"ann": ("same person", "Ann"), "bob": ("different people", " - ")}
    said |= {"again": ("different people", "ann."), "copy": ("Same person", "ANN")}
    books = {name: shutil.copy(path, tmp_path / f"{name}.xlsx") for name in said}
    for name, (answer, reader) in said.items():
        fill_in(Path(books[name]), {pair[0]: answer}, reader)
    read = read_answers([books["ann"], books["bob"], books["copy"]], drawn)
    [problem] = read.problems
    assert problem.startswith("bob.xlsx, sheet People, row 2: column Reader: say who read it")
    assert read.answers["answer"].tolist() == ["same person"] * 2
    assert len(set(read.answers["reader"])) == 1
    read = read_answers([books["ann"], books["again"]], drawn)
    [problem] = read.problems
    assert problem.startswith("again.xlsx, sheet People, row 2: counts as a contradiction")
    assert problem.endswith("otherwise in ann.xlsx, sheet People, row 2")
    assert score(drawn, read.answers).conflicts == (pair[0],)
    for name in ("again", "copy"):
        fill_in(Path(books[name]), {pair[0]: "cannot tell"}, "Ann")
    for order in (["copy", "ann", "again"], ["ann", "copy"]):
        read = read_answers([books[name] for name in order], drawn)
        assert (read.problems, score(drawn, read.answers).conflicts) == ([], ())


def test_one_who_reads_for_two_trusts_does_not_agree_with_themselves(
    region: wm.MergeResult, drawn: pd.DataFrame, tmp_path: Path
) -> None:
    shared = drawn.loc[drawn["organisations"].str.contains(";") & (drawn["level"] == "patient")]
    pair, codes = shared.iloc[0]["pair_id"], shared.iloc[0]["organisations"].split(";")
    written(region, drawn, tmp_path)
    one, other = (tmp_path / f"sample_{code}.xlsx" for code in codes)

    def agreement() -> tuple[list[int], list[str]]:
        read = read_answers([one, other], drawn)
        scored = score(drawn, read.answers)
        return scored.readers["read_twice"].tolist(), [*scored.conflicts, *read.problems]

    fill_in(one, {pair: "same person"}, "H. Reader")
    fill_in(other, {pair: "same person"}, "h reader")
    assert agreement() == ([0, 0], [])
    fill_in(other, {pair: "different people"}, "H. Reader")
    counts, [conflict, problem] = agreement()
    assert (counts, conflict) == ([0, 0], pair)
    assert problem.endswith("; if they are two of one name, write the organisation behind each")
    fill_in(other, {pair: "different people"}, f"H. Reader, {codes[1]}")
    assert agreement() == ([1, 0], [pair])


def test_what_was_answered_is_never_overwritten(
    region: wm.MergeResult, drawn: pd.DataFrame, tmp_path: Path
) -> None:
    written(region, drawn, tmp_path / "sample")
    with pytest.raises(OutputError, match="would be lost; name another"):
        written(region, drawn, tmp_path / "sample")


# The counting.


def sample_of(rows: list[tuple[str, float, str]]) -> pd.DataFrame:
    """Pairs of people: stratum, weight, organisations."""
    frame = pd.DataFrame(rows, columns=["stratum", "weight", "organisations"])
    counts = frame.groupby("stratum")["weight"].transform("size")
    return frame.assign(
        pair_id=[f"S-{each}" for each in range(len(frame))],
        level="patient",
        ethnic_group="A",
        veto="",
        population=counts * 10,
    )


def answered(*said: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(said, columns=["pair_id", "reader", "answer"])


def test_one_who_cannot_tell_does_not_outvote_one_who_can_and_contradictions_count_as_neither() -> (
    None
):
    pairs = sample_of([("certain", 20.0, "RM3;RW3")] * 4)
    scored = score(
        pairs,
        answered(
            ("S-0", "a", "same person"),
            ("S-0", "b", "cannot tell"),
            ("S-1", "a", "same person"),
            ("S-1", "b", "different people"),
            ("S-2", "a", "cannot tell"),
        ),
    )
    [row] = scored.strata.to_dict("records")
    assert (row["drawn"], row["answered"]) == (4, 3)
    assert (row["same"], row["different"], row["in_conflict"], row["cannot_tell"]) == (1, 0, 1, 1)
    assert scored.conflicts == ("S-1",)
    people = scored.readers.set_index("level").loc["patient"]
    assert (people["read_twice"], people["agreed"]) == (1, 0)


def test_a_reader_who_contradicts_themselves_is_one_reader_and_the_pair_counts_as_neither() -> None:
    pairs = sample_of([("certain", 20.0, "RM3")] * 2)
    both = [("S-0", "a", "different people"), ("S-0", "a", "same person")]
    scored = score(pairs, answered(*both, ("S-1", "a", "same person"), ("S-1", "a", "same person")))
    assert scored.strata[["same", "different", "in_conflict"]].to_numpy().tolist() == [[1, 0, 1]]
    assert scored.conflicts == ("S-0",)
    assert scored.readers["read_twice"].tolist() == [0, 0]


def agreed(*verdicts: str) -> pd.Series:
    """What is told of the readers of people: a text for each pair, one letter for each reader."""
    words = {"s": "same person", "d": "different people", "?": "cannot tell"}
    pairs = sample_of([("certain", 20.0, "RM3;RW3")] * len(verdicts))
    said = [
        (pair, f"reader {number}", words[each])
        for pair, letters in zip(pairs["pair_id"], verdicts, strict=True)
        for number, each in enumerate(letters)
    ]
    return score(pairs, answered(*said)).readers.set_index("level").loc["patient"]


def test_kappa_is_what_the_textbook_says() -> None:
    """Cohen 1960 in the usual example: 20, 5, 10, 15 of 50. Scott's pi of it is 0.195 / 0.495."""
    row = agreed(*["ss"] * 20, *["sd"] * 5, *["ds"] * 10, *["dd"] * 15)
    assert row["share_agreed"] == pytest.approx(0.7)
    assert row["kappa"] == pytest.approx(0.195 / 0.495)
    assert 0.195 / 0.495 < 0.4  # of Cohen, who tells the two readers apart
    row = agreed(*["ss"] * 20, *["sd"] * 7, *["ds"] * 7, *["dd"] * 16)
    chance = 0.54**2 + 0.46**2  # both say same of 27 in 50: here Cohen says as much
    assert row["kappa"] == pytest.approx((0.72 - chance) / (1 - chance))


def test_all_readers_of_a_pair_count_not_only_the_first_and_the_last_by_name() -> None:
    row = agreed(*["sdds"] * 20)
    assert (row["read_twice"], row["agreed"]) == (20, 0)
    assert row["share_agreed"] == pytest.approx(1 / 3)  # of six twos two agree
    assert (row["low"], row["high"]) == pytest.approx(interval(20 / 3, 20))
    assert row["pabak"] == pytest.approx(-1 / 3)
    assert row["kappa"] == pytest.approx(-1 / 3)


def slowly(verdicts: list[str]) -> tuple[int, int, float, float]:
    """Pairs read twice, those of one mind, agreement and kappa, by counting every two readers.

    Chance is how often two verdicts are alike, each of any reader of any pair.
    """
    read = [told for each in verdicts if len(told := each.replace("?", "")) > 1]
    one_mind = sum(len(set(each)) == 1 for each in read)
    if not read:
        return 0, 0, np.nan, np.nan
    share = float(np.mean([np.mean([a == b for a, b in combinations(e, 2)]) for e in read]))
    chance = float(
        np.mean([np.mean([a == b for a in e for b in f]) for e in read for f in read]),
    )
    return len(read), one_mind, share, np.nan if chance == 1 else (share - chance) / (1 - chance)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("sd?", max_size=5), min_size=1, max_size=9))
def test_agreement_of_any_readers_is_what_counting_every_two_of_them_says(
    verdicts: list[str],
) -> None:
    row = agreed(*verdicts)
    read, one_mind, share, kappa = slowly(verdicts)
    assert (row["read_twice"], row["agreed"]) == (read, one_mind)
    assert row["share_agreed"] == pytest.approx(share, nan_ok=True)
    assert row["pabak"] == pytest.approx(2 * share - 1, nan_ok=True)
    assert row["kappa"] == pytest.approx(kappa, nan_ok=True)
    assert [*agreed(*(each[::-1] for each in verdicts))] == pytest.approx([*row], nan_ok=True)


def test_two_readers_who_agree_are_not_told_to_stop_because_nearly_all_is_the_same() -> None:
    """The paradox of kappa (Feinstein and Cicchetti 1990): 28 of 29 agreed, and it is near 0."""
    pairs = sample_of([("certain", 20.0, "RM3;RW3")] * 29)
    said = [(pair, reader, "same person") for pair in pairs["pair_id"] for reader in "ab"]
    said[-1] = (said[-1][0], "b", "different people")
    row = score(pairs, answered(*said)).readers.set_index("level").loc["patient"]
    assert row["kappa"] == pytest.approx(0, abs=0.02)
    assert row["pabak"] == pytest.approx(2 * 28 / 29 - 1)


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (50, 100, 0.4038, 0.5962), (0, 0, 0.0, 1.0)],
)
def test_the_interval_is_wilsons(right: int, of: int, low: float, high: float) -> None:
    """Values of the usual tables."""
    assert interval(right, of) == pytest.approx((low, high), abs=1e-4)


@settings(max_examples=30)
@given(st.integers(0, 60), st.integers(1, 60))
def test_an_interval_holds_the_share_and_narrows(right: int, of: int) -> None:
    right = min(right, of)
    low, high = interval(right, of)
    assert 0 <= low <= right / of + 1e-9
    assert right / of - 1e-9 <= high <= 1
    more = interval(right * 4, of * 4)
    assert more[1] - more[0] < high - low


def test_the_threshold_is_the_least_weight_that_is_precise_enough() -> None:
    pairs = sample_of([("certain", 30.0 - each, "RM3;RW3") for each in range(20)])
    wrong = {f"S-{each}" for each in range(15, 20)}
    said = [
        (each, "a", "different people" if each in wrong else "same person")
        for each in pairs["pair_id"]
    ]
    found = score(pairs, answered(*said), precision=0.9).thresholds.set_index("how")
    assert found.loc["by the estimate", "match_weight"] == 30.0 - 15
    assert np.isnan(found.loc["by the lower end", "match_weight"])
    loose = score(pairs, answered(*said), precision=0.7).thresholds.set_index("how")
    assert interval(15, 16)[0] > 0.7 > interval(15, 17)[0]
    assert loose.loc["by the lower end", "match_weight"] == 30.0 - 15


def test_a_pair_stands_for_its_stratum() -> None:
    """Few wrong ones of a large stratum weigh more than many right ones of a small."""
    pairs = sample_of([("certain", 20.0, "RM3")] * 2 + [("possible", 5.0, "RM3")] * 2)
    pairs["population"] = [2, 2, 1_000, 1_000]
    said = [("S-0", "a", "same person"), ("S-1", "a", "same person")]
    said += [("S-2", "a", "same person"), ("S-3", "a", "different people")]
    found = score(pairs, answered(*said), precision=0.6).thresholds.set_index("how")
    assert found.loc["by the estimate", "match_weight"] == 20.0
    loose = score(pairs, answered(*said), precision=0.5).thresholds.set_index("how")
    assert loose.loc["by the estimate", "match_weight"] == 5.0
    assert loose.loc["by the estimate", "share_same"] == pytest.approx(502 / 1_002)


def test_near_misses_have_no_part_in_the_threshold() -> None:
    pairs = sample_of([("certain", 20.0, "RM3")] * 4 + [("near miss", np.nan, "RM3")] * 4)
    pairs["population"] = [4] * 4 + [1_000] * 4
    said = [(pair, "a", "same person") for pair in pairs["pair_id"][:4]]
    alone = score(pairs, answered(*said), precision=0.9)
    said += [(pair, "a", "different people") for pair in pairs["pair_id"][4:]]
    scored = score(pairs, answered(*said), precision=0.9)
    pd.testing.assert_frame_equal(scored.thresholds, alone.thresholds)
    assert scored.thresholds["match_weight"][0] == 20.0
    pd.testing.assert_frame_equal(scored.groups, alone.groups)
    assert scored.strata.set_index("stratum").loc["near miss", "share_same"] == 0


def test_pairs_without_a_veto_do_not_stand_for_those_that_have_one() -> None:
    """Of 2,000 possible pairs 38 of 40 have a veto: those two stand for 100."""
    rows = [("certain", 40.0, 500, "", "same person")] * 50
    rows += [("possible", 25.0, 2_000, "twins", "different people")] * 38
    rows += [("possible", 25.0, 2_000, "", "same person")] * 2
    rows += [("probable", 15.0, 300, "", "same person")] * 20
    rows += [("probable", 15.0, 300, "", "different people")] * 20
    pairs = sample_of([(stratum, weight, "RM3;RW3") for stratum, weight, *_ in rows])
    pairs["population"], pairs["veto"] = [row[2] for row in rows], [row[3] for row in rows]
    said = [(pair, "a", row[4]) for pair, row in zip(pairs["pair_id"], rows, strict=True)]
    found = score(pairs, answered(*said), precision=0.83).thresholds.set_index("how")
    assert found.loc["by the estimate", "match_weight"] == 15.0
    assert found.loc["by the estimate", "share_same"] == pytest.approx(750 / 900)
    strict = score(pairs, answered(*said), precision=0.94).thresholds.set_index("how")
    assert strict.loc["by the estimate", "match_weight"] == 25.0


def test_no_sample_is_drawn_of_what_one_organisation_may_hold(
    region: wm.MergeResult, tmp_path: Path
) -> None:
    [view] = region.save_views(tmp_path, "RBK", tables="parquet", workbook=False)
    told = CliRunner().invoke(app, ["review", "sample", str(view)])
    assert told.exit_code == InputError.exit_code
    assert told.stderr == (
        f"waitlist-merge: {view}: is the view of RBK, which lacks what the others' entries say; "
        "give the coordinator's list\n"
    )
    assert [each.name for each in tmp_path.iterdir()] == ["RBK"]


def test_the_two_commands_go_together(region: wm.MergeResult, tmp_path: Path) -> None:
    region.save(tmp_path / "merged", tables="parquet", workbook=False)
    run = CliRunner()
    made = run.invoke(app, ["review", "sample", str(tmp_path / "merged"), "--n", "20"])
    assert made.exit_code == 0, made.output
    folder = tmp_path / "merged-sample"
    key = read_key(folder)
    answers = {
        row.pair_id: "same person" if row.level == "patient" else "same need"
        for row in key.itertuples()
    }
    early = run.invoke(app, ["review", "score", str(folder)])
    assert early.exit_code == 0
    assert early.output == (
        "nothing is answered yet: 20 pairs in 8 workbooks; there is nothing to score\n"
    )
    for path in folder.glob("sample_*.xlsx"):
        fill_in(path, answers)
    told = run.invoke(app, ["review", "score", str(folder), "--precision", "0.9"])
    assert told.exit_code == 0, told.output
    assert "patient\tcertain" in told.output
    code = key["organisations"][0].split(";")[0]
    fill_in(folder / f"sample_{code}.xlsx", {key["pair_id"][0]: "perhaps"})
    wrong = run.invoke(app, ["review", "score", str(folder), "--precision", "0.9"])
    assert wrong.exit_code == 3
    assert "is none of the answers" in wrong.stderr
    assert "patient\tcertain" in wrong.stdout
    command = ["review", "sample", str(tmp_path / "merged")]
    elsewhere = run.invoke(app, [*command, "--specialty", "999", "--to", str(tmp_path / "none")])
    assert elsewhere.exit_code == 3
    assert "no entry is of service 999" in elsewhere.output
    assert not (tmp_path / "none").exists()
    again = run.invoke(app, command)
    assert again.exit_code == 3
    assert "would be lost" in again.output
    nothing = run.invoke(app, ["review", "score", str(tmp_path)])
    assert nothing.exit_code == 3
