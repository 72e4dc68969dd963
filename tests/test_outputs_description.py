from __future__ import annotations

import json
from pathlib import Path

from waitlist_merge.outputs.description import (
    MEANINGS,
    outputs_page,
    schema_document,
    schema_json,
    write_pages,
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
    write_pages(tmp_path)
    assert json.loads((tmp_path / "schema.json").read_bytes()) == schema_document()
    assert (tmp_path / "outputs.md").exists()
