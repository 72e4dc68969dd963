from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from waitlist_merge.config import parse
from waitlist_merge.outputs.description import (
    MEANINGS,
    configuration_page,
    outputs_page,
    schema_document,
    schema_json,
    write_pages,
)
from waitlist_merge.plan import (
    Agreement,
    ExtractPlan,
    MergeConfig,
    MergePlan,
    PatientPlan,
    Settings,
)
from waitlist_merge.reasons import Fault, Relation
from waitlist_merge.schema import SCHEMA_VERSION, TABLES

DOCS = Path(__file__).parents[1] / "docs"
ANEW = "run waitlist_merge.outputs.description.write_pages('docs')"


def test_the_committed_schema_is_that_of_the_tables() -> None:
    assert (DOCS / "schema.json").read_text(encoding="utf-8") == schema_json(), ANEW


def test_the_committed_page_is_that_of_the_tables() -> None:
    assert (DOCS / "outputs.md").read_text(encoding="utf-8") == outputs_page(), ANEW


def test_every_table_and_column_is_described() -> None:
    document = schema_document()
    assert document["version"] == SCHEMA_VERSION
    assert set(document["tables"]) == set(TABLES) == set(MEANINGS)
    for name, listed in TABLES.items():
        columns = document["tables"][name]["columns"]
        assert [each["name"] for each in columns] == [column.name for column in listed]
        assert all(each["type"] and each["meaning"] for each in columns)


def test_the_page_names_every_word_that_an_output_may_hold() -> None:
    page = outputs_page()
    for word in [*Relation, *Fault]:
        assert f"| `{word.value}` | {word.meaning} |" in page


def test_the_pages_are_written_where_asked(tmp_path: Path) -> None:
    (tmp_path / "configuration.md").write_text("# Page\n\n## The fields that a column can be\nold")
    write_pages(tmp_path)
    assert json.loads((tmp_path / "schema.json").read_bytes()) == schema_document()
    assert (tmp_path / "outputs.md").exists()
    page = (tmp_path / "configuration.md").read_text(encoding="utf-8")
    assert page.startswith("# Page\n\n## The fields")
    assert "old" not in page.splitlines()


def test_the_committed_fields_of_the_configuration_are_those_of_the_schema() -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    assert configuration_page(page) == page, ANEW


@pytest.mark.parametrize("settings", [ExtractPlan, Agreement, PatientPlan, MergePlan, MergeConfig])
def test_every_key_is_explained_and_in_the_example(settings: type[Settings]) -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    keys = [field.alias or name for name, field in settings.model_fields.items()]
    for key in set(keys) - {"plan"}:
        assert f"| `{key}` |" in page
        assert re.search(rf"^(# )?(\[.*)?{key}(\]| =)", example(), flags=re.MULTILINE), key


def test_the_example_loads_and_its_defaults_are_the_defaults() -> None:
    config = parse(example(), name="docs/configuration.md")
    assert [each.organisation for each in config.extracts] == ["RM3", None]
    assert config.plan.patients == PatientPlan()
    assert config.plan.stale_days == MergePlan().stale_days


@pytest.mark.parametrize("key", PatientPlan.model_fields)
def test_the_default_of_a_number_is_the_one_on_the_page(key: str) -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    assert f"| `{key}` | {getattr(PatientPlan(), key)} |" in page


def example() -> str:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    [toml] = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    return str(toml)
