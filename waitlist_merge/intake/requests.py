"""Which files are to be read, for whom, and which of them cannot be?

Every file is read before anything is said, so that all problems are known together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from waitlist_merge.errors import RefusedExtract
from waitlist_merge.intake.extract import Extract
from waitlist_merge.intake.workers import Job, read_each
from waitlist_merge.plan import ORGANISATION_CODE, ExtractPlan, MergeConfig


@dataclass(frozen=True, slots=True)
class FileRequest:
    """One file to read; ``organisation`` where the request says whose list it is.

    >>> FileRequest.parse("RM3=RM3_waiting list.xlsx")
    FileRequest(path='RM3_waiting list.xlsx', organisation='RM3')
    >>> FileRequest.parse("a=b.csv")
    FileRequest(path='a=b.csv', organisation=None)
    """

    path: str
    organisation: str | None = None

    @classmethod
    def parse(cls, text: str) -> FileRequest:
        """A path or ``ORG=path``: what is before the first "=" counts only if it is like a code."""
        before, equals, after = text.partition("=")
        if equals and after and ORGANISATION_CODE.fullmatch(before):
            return cls(after, before.upper())
        return cls(text)

    @classmethod
    def of(cls, given: FileRequest | str | Path) -> FileRequest:
        """A request as it is, a path, or a text as on the command line."""
        if isinstance(given, FileRequest):
            return given
        return cls.parse(given) if isinstance(given, str) else cls(str(given))


def read_all(
    files: Sequence[FileRequest],
    config: MergeConfig,
    *,
    need_organisation: bool = True,
    typed: bool = False,
    census_date: date | None = None,
) -> tuple[list[Extract], list[RefusedExtract]]:
    """Every file as an extract, and those that could not be read.

    ``typed`` says that their values are wanted and not their text, so that whoever reads a file may
    type them at once; ``census_date`` is then the day of those that have none of their own.

    Without ``files`` those that ``config`` names are read; a pattern there may name many. Where
    the organisation is not needed, a list that does not say whose it is has a finding instead.
    """
    jobs = [
        Job(
            request.path,
            request.organisation,
            options,
            need_organisation=need_organisation,
            typed=typed,
            census=census_date,
            key=config.plan.hmac_key,
        )
        for request, options in _requests(files, config)
    ]
    answers = read_each(jobs)
    return (
        [each for each in answers if isinstance(each, Extract)],
        [each for each in answers if isinstance(each, RefusedExtract)],
    )


def _requests(
    files: Sequence[FileRequest], config: MergeConfig
) -> list[tuple[FileRequest, ExtractPlan | None]]:
    found = [(each, config.options_for(each.path)) for each in files] or [
        (FileRequest(path), options)
        for options in config.extracts
        for path in _matching(config.folder / options.path)
    ]
    if not config.plan.keep_unmapped:
        return found
    keep = {"keep_unmapped": True}
    return [
        (each, (options or ExtractPlan(path=each.path)).model_copy(update=keep))
        for each, options in found
    ]


def _matching(path: Path) -> list[str]:
    """The files that a path or pattern names, in order of their names; itself where there is none.

    So that a file which is not there is refused by its name, and not left out in silence.
    """
    if path.exists():
        return [str(path)]
    found = Path(path.anchor).glob(str(path.relative_to(path.anchor)))
    return sorted(map(str, found)) or [str(path)]
