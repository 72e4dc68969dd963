from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

import waitlist_merge
from waitlist_merge.plan import Agreement, ExtractPlan, MergeConfig, MergePlan, PatientPlan
from waitlist_merge.settings import Pairs

AGREEMENT = Agreement(from_="RM3", to="NV323", kind="diagnostic", reports="RM3")


def test_a_plan_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        MergePlan().stale_days = 3
    columns = ExtractPlan(path="a.csv", columns={"DOB": "birth_date"}).columns
    assert not hasattr(columns, "__setitem__")


def test_equal_plans_have_one_hash_whatever_the_order_of_their_keys() -> None:
    one = ExtractPlan(path="a.csv", columns={"DOB": "birth_date", "Sex": "gender"})
    other = ExtractPlan(path="a.csv", columns={"Sex": "gender", "DOB": "birth_date"})
    assert one == other
    assert hash(one) == hash(other)
    assert one.digest() == other.digest()


def test_every_setting_of_the_patient_search_is_used_by_it() -> None:
    """A setting that nothing reads would be a promise that nobody keeps."""
    folder = Path(waitlist_merge.__file__).parent / "patients"
    code = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    unread = [name for name in PatientPlan.model_fields if f"plan.{name}" not in code]
    assert unread == []


def test_plans_travel_to_other_processes() -> None:
    plan = MergeConfig(extracts=(ExtractPlan(path="a.csv", columns={"DOB": "birth_date"}),))
    assert pickle.loads(pickle.dumps(plan)) == plan  # noqa: S301


def test_pairs_read_like_a_mapping() -> None:
    pairs = Pairs({"DOB": "birth_date"})
    assert dict(pairs) == {"DOB": "birth_date"}
    assert len(pairs) == 1
    assert repr(pairs) == "{'DOB': 'birth_date'}"


def test_the_digest_is_stable_and_tells_plans_apart() -> None:
    plans = [
        MergePlan(),
        MergePlan(stale_days=8),
        MergePlan(agreements=(AGREEMENT,)),
        MergePlan(patients=PatientPlan(margin=4.0)),
        MergePlan(hmac_key="a key of the region"),
    ]
    assert len({plan.digest() for plan in plans}) == len(plans)
    assert MergePlan().digest() == MergePlan().digest()
    assert len(MergePlan().digest()) == 64


def test_the_digest_does_not_depend_on_which_key_it_is() -> None:
    """Else a short key could be guessed from a manifest."""
    one, other = (MergePlan(hmac_key=key).digest() for key in ("first key", "second key"))
    assert one == other


@pytest.mark.parametrize("shown", [repr, str, lambda plan: str(plan.public())])
def test_key_and_numbers_are_never_shown(shown) -> None:
    plan = MergePlan(
        hmac_key="a key of the region", superseded_numbers=(("9990000018", "9990000026"),)
    )
    for settings in (plan, MergeConfig(plan=plan)):
        assert "a key of" not in shown(settings)
        assert "9990000018" not in shown(settings)


def test_the_public_plan_says_where_the_key_is_from() -> None:
    assert MergePlan().public()["key"] == "fixed public"
    assert MergePlan(hmac_key="a key of the region").public()["key"] == "from the plan"


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("RM3*.csv", "RM3_list.csv", True),
        ("RM3*.csv", "/some/folder/RM3_list.csv", True),
        ("RM3*.csv", "RW3_list.csv", False),
        ("in/RM3*.csv", "in/RM3_list.csv", True),
        ("in/RM3*.csv", "out/RM3_list.csv", False),
        ("in/./RM3.csv", "in/RM3.csv", True),
        ("in/RM3*.csv", str(Path.cwd() / "in/RM3_list.csv"), True),
        ("list[1].csv", "list[1].csv", True),
        ("in/list[1].csv", "in/list[1].csv", True),
        ("RM3.csv", "RM3_old.csv", False),
    ],
)
def test_a_pattern_covers_the_files_it_names(pattern: str, path: str, covered: bool) -> None:
    assert ExtractPlan(path=pattern).covers(path) is covered


def test_the_first_extract_that_covers_a_file_says_how_it_is_read() -> None:
    first, second = ExtractPlan(path="RM3*.csv", sheet="a"), ExtractPlan(path="*.csv", sheet="b")
    config = MergeConfig(extracts=(first, second))
    assert config.options_for("RM3_list.csv") == first
    assert config.options_for("RW3_list.csv") == second
    assert config.options_for("RW3_list.xlsx") is None


def test_an_extract_at_its_place_goes_before_one_of_the_same_name(tmp_path: Path) -> None:
    elsewhere = ExtractPlan(path="old/RM3*.csv", sheet="a")
    here = ExtractPlan(path="new/RM3_list.csv", sheet="b")
    config = MergeConfig(extracts=(elsewhere, here)).in_folder(tmp_path)
    assert config.options_for(tmp_path / "new" / "RM3_list.csv") == here
    assert config.options_for(tmp_path / "old" / ".." / "old" / "RM3_list.csv") == elsewhere
    assert config.options_for("RM3_list.csv") == elsewhere
    assert config.options_for("RW3_list.csv") is None


def test_settings_in_a_folder_are_the_same_but_for_it(tmp_path: Path) -> None:
    config = MergeConfig(extracts=(ExtractPlan(path="a.csv"),))
    moved = config.in_folder(tmp_path)
    assert (config.folder, moved.folder) == (Path(), tmp_path)
    assert moved.digest() == config.digest()
    assert str(tmp_path) not in str(moved.public())


def test_a_plan_comes_back_from_a_manifest_without_what_is_secret_or_a_programs_own() -> None:
    rules = {"family_name": "newest", "given_name": "longest_of_mine"}
    secret = MergePlan(
        stale_days=3,
        agreements=(AGREEMENT,),
        hmac_key="a key of the region",
        superseded_numbers=(("9990000018", "9990000026"),),
        sensitive_services=("360",),
    )
    told = secret.public() | {"survivorship": rules}
    again = MergePlan.of_manifest(told)
    assert dict(again.survivorship) == {"family_name": "newest"}
    plain = {"hmac_key": None, "superseded_numbers": (), "survivorship": again.survivorship}
    assert again == secret.model_copy(update=plain)
