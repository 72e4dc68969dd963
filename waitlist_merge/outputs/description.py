"""What the output tables are, for programs (``schema.json``) and for people (``docs/outputs.md``).

Both come from ``schema.TABLES``, so that neither can say what the tables are not. To write the
committed copies anew, call ``write_pages("docs")``.

>>> described = schema_document()["tables"]["patient_links"]["columns"][2]
>>> described["name"], described["type"], described["meaning"]
('relation', 'string', 'same_person or held_apart')
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from waitlist_merge.outputs.columns import ARROW_TYPES
from waitlist_merge.reasons import (
    Change,
    Confidence,
    Event,
    Fault,
    Gain,
    Joins,
    ListState,
    NextStep,
    Outcome,
    PatientRelation,
    Relation,
    Stage,
    StartReason,
    StartStatus,
    SurvivorRule,
    TreatingReason,
    Veto,
    Word,
)
from waitlist_merge.schema import FIELDS, SCHEMA_VERSION, TABLES, Column
from waitlist_merge.settings import FULL_NAME, IGNORE

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "entries": "One row for each row of an extract, always: nothing is lost.",
        "patient_links": "Pairs of entries with what they say of their patients.",
        "pathway_links": "Pairs of entries of one patient with what they are to each other.",
        "review_queue": "One row for each question to a person, in the order to ask.",
        "findings": "One row for each data-quality fault.",
        "combined_list": "One row for each need that waits: the list to work from.",
        "members": "One row for each entry on the combined list.",
        "provenance": (
            "One row for each field on which the entries of a combined row differ: which of them "
            "gives the value, by which rule, and what the others say. Where there is no row, all "
            "entries of the need say the same, or there is one."
        ),
        "pathway_history": (
            "One row for each dated event of a need, closed ones included, in order of need and "
            "day: where did this patient come from? What two entries of one organisation say "
            "alike is told once."
        ),
        "gains": "What one list shows that several do not: counts, proposed and confirmed apart.",
        "changes": (
            "One row for each thing that has changed since the run before, the gravest first. "
            "Empty without a register."
        ),
        "unaccounted": (
            "One row for each need that left the lists without a clock stop, a death or a recorded "
            "decision; it stays until a person answers. Empty without a register."
        ),
        "not_refreshed": (
            "One row for each need that certainly only lists which did not come have, as it was "
            "when last listed: not gone. It is not on the combined list, but for a row that was "
            "proposed to be the same need (``perhaps_listed_by``). Empty without a register."
        ),
        "work": (
            "One row for each group that people work on, and for each thing that the lists or the "
            "calendar say against it. Empty without a register."
        ),
        "contacts": (
            "One row for each time that somebody spoke to a patient in the last twelve weeks: "
            "nobody is rung again meanwhile. Empty without a register."
        ),
    }
)
"""Output table -> what one row of it is."""

_WORDS: Mapping[str, type[Word]] = MappingProxyType(
    {
        "entries.list_state": ListState,
        "entries.outcome": Outcome,
        "entries.stage": Stage,
        "patient_links.relation": PatientRelation,
        "patient_links.veto": Veto,
        "pathway_links.relation": Relation,
        "pathway_links.joins": Joins,
        "pathway_links.confidence": Confidence,
        "findings.reason": Fault,
        "combined_list.rtt_start_status": StartStatus,
        "combined_list.rtt_start_note": StartReason,
        "combined_list.treating_reason": TreatingReason,
        "combined_list.next_step": NextStep,
        "provenance.rule": SurvivorRule,
        "pathway_history.event": Event,
        "gains.measure": Gain,
        "changes.change": Change,
    }
)
"""Column -> the words that it can hold; the same words are used wherever the name recurs."""


def schema_document(columns: Mapping[str, Sequence[Column]] = TABLES) -> dict[str, Any]:
    """Every table and column with type and meaning, as plain values for ``schema.json``."""
    return {
        "program": "waitlist_merge",
        "version": SCHEMA_VERSION,
        "tables": {
            name: {
                "meaning": MEANINGS[name],
                "columns": [
                    {
                        "name": column.name,
                        "type": str(ARROW_TYPES[column.kind]),
                        "kind": column.kind.value,
                        "meaning": column.meaning,
                    }
                    for column in listed
                ],
            }
            for name, listed in columns.items()
        },
    }


def schema_json(columns: Mapping[str, Sequence[Column]] = TABLES) -> str:
    """``schema_document`` as the text of the file."""
    return json.dumps(schema_document(columns), indent=2, ensure_ascii=False) + "\n"


def outputs_page() -> str:
    """The text of ``docs/outputs.md``: every table column by column, and every word."""
    head = _HEAD.format(version=SCHEMA_VERSION)
    tables = (_table(name) for name in TABLES)
    words = (_words(column, word) for column, word in _WORDS.items())
    return head + "\n".join([*tables, "## The words\n", *words])


_HEAD = """# The output tables, column by column

<!-- Written by waitlist_merge.outputs.description.write_pages; a test keeps it so. -->

Version {version} of the tables; the first part of it changes when a reader would have to change.
`OUT` holds each table as `.parquet` and `.csv` (choose with `--tables`), `schema.json` (this page
for programs) and `manifest.json` (what was merged, with which plan and versions; no identifiers).
`waitlist_merge.read_tables(OUT)` reads them back, the same frames from either format.

- Parquet: `string`, `date32`, `int32`, `double`, `bool`; no categoricals, no index.
- CSV: UTF-8 with byte order mark, comma, line feed, text in quotes, ISO dates, `true` and `false`,
  empty for missing. Text that a spreadsheet would run as a formula has a leading `'`, which
  `read_tables` takes away again.
- Empty text is missing, in both.

`combined_list.xlsx` has the same for people, up to 250,000 entries unless `--workbook` asks for it
or `--no-workbook` does not want it. Everything in it is in the tables too.

| sheet | what is on it |
|---|---|
| *Summary* | Who is unaccounted for, what to look at first, what came in, what was found |
| *Combined list* | One row for each need, in the order to work from; 30 columns |
| *Questions* | One row for each question with its facts; answers and work go in green cells |
| *Duplicates* | Each need with two entries or more, or worked on; its entries and the work |
| *Contact* | One row for each patient to be spoken to: who rings, what to ask, what to say |
| *Changes* | One row for each change since the run before, the gravest first |
| *Not refreshed* | Only where a list did not come: each need that nobody else certainly lists |
| *Data quality* | One row for each finding, the worst first |
| *About* | What it is for and what not, the answers, the colours, census dates and versions |

- All text is written as text, never as a formula; identifiers are text, dates are dates.
- No address, e-mail or postcode of a restricted record is on any sheet. The only telephone numbers
  are on *Contact*: the one that the calling organisation itself holds. Patients of whom a death is
  recorded and restricted records say DO NOT RING, without a number.
- A list of more rows than a sheet holds goes on on another, cut by specialty; *Summary* says where.

With `--view ORG` the folder `OUT/ORG` has the same tables with what the staff of ORG may hold
([views](views.md)), and `weekly_ORG.xlsx` beside them.

"""


def _table(name: str) -> str:
    columns = [column for column in TABLES[name] if not column.name.endswith("_source")]
    rows = [f"| `{each.name}` | {each.kind} | {each.meaning} |" for each in columns]
    lines = [f"## {name}", "", MEANINGS[name], "", "| column | type | meaning |", "|---|---|---|"]
    text = "\n".join([*lines, *rows]) + "\n"
    return text + (_SOURCES if name == "entries" else "")


_SOURCES = f"""
Beside these, for each of the {len(FIELDS)} fields of an entry, `<field>_source` holds its text as
sent where it was changed or not understood, and is empty elsewhere. Columns of an extract that
were not recognised follow under their own headings where `keep_unmapped` asks for them.
"""


def _words(column: str, words: type[Word]) -> str:
    rows = [f"| `{word.value}` | {word.meaning} |" for word in words]
    lines = [f"### {column}", "", "| word | meaning |", "|---|---|"]
    return "\n".join([*lines, *rows]) + "\n"


def configuration_page(written: str) -> str:
    """``docs/configuration.md`` with its last part, the fields of an entry, made anew."""
    kept, _, _ = written.partition(FIELDS_TITLE)
    rows = [f"| `{each.name}` | {each.kind} | {each.meaning} |" for each in FIELDS]
    lines = ["| field | type | meaning |", "|---|---|---|", *rows, *_OTHER_TARGETS]
    return f"{kept}{FIELDS_TITLE}\n\n" + "\n".join(lines) + "\n"


FIELDS_TITLE = "## The fields that a column can be"
_OTHER_TARGETS = (
    f"| `{FULL_NAME}` | text | For `columns` only: a whole name in one cell, taken apart |",
    f"| `{IGNORE}` |  | For `columns` only: the column is not used, whatever it looks like |",
)


def write_pages(folder: str | Path) -> None:
    """Write what is made from the schema of ``docs``: two files and the end of a third."""
    Path(folder, "schema.json").write_text(schema_json(), encoding="utf-8")
    Path(folder, "outputs.md").write_text(outputs_page(), encoding="utf-8")
    page = Path(folder, "configuration.md")
    page.write_text(configuration_page(page.read_text(encoding="utf-8")), encoding="utf-8")
