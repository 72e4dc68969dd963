"""From several organisations' extracts to one combined list: the story, top to bottom.

::

    extracts   read as they are (intake)            nothing is guessed in silence
    entries    one typed row for each record        nothing is lost, nothing is changed
    patients   who is the same person               unsure means ask
    pathways   what is the same need                unsure means ask
    combined   one row for each need that waits     no wait is shortened
    questions  what a person has to say

With a register a run begins where the last one ended (memory.py): entries, patients and needs keep
their ids, and what people decided holds. At its end what has changed is told (remember.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from waitlist_merge import combined, memory, pathways, patients, remember, review
from waitlist_merge.categories import beside
from waitlist_merge.combined import SurvivorshipRule
from waitlist_merge.conservation import check_conservation
from waitlist_merge.errors import InputError, RefusedExtract
from waitlist_merge.findings import gather_findings
from waitlist_merge.held import oldest_held
from waitlist_merge.intake import Extract
from waitlist_merge.intake.accept import accept, as_date
from waitlist_merge.intake.assemble import assemble
from waitlist_merge.intake.requests import FileRequest, read_all
from waitlist_merge.named_links import named_links
from waitlist_merge.outputs.columns import conform
from waitlist_merge.outputs.views import names_of
from waitlist_merge.pathways.earlier import without_marks
from waitlist_merge.plan import MergeConfig, MergePlan
from waitlist_merge.recalled import Retrain, accept_model, recall
from waitlist_merge.relinked import relinked
from waitlist_merge.result import MergeResult
from waitlist_merge.review.arrivals import Allowed
from waitlist_merge.review.capacity import within
from waitlist_merge.settings import Pairs
from waitlist_merge.stages import Progress, Stopwatch, in_silence, of_patients

if TYPE_CHECKING:
    from waitlist_merge.review.register import Register


def merge(
    extracts: Sequence[Extract],
    *,
    census_date: date | str | None = None,
    plan: MergePlan | None = None,
    allow_stale: bool = False,
    skip_refused: bool = False,
    refused: Sequence[RefusedExtract] = (),
    model: patients.PatientModel | None = None,
    register: Register | None = None,
    allowed: Allowed | None = None,
    retrain: Retrain | None = None,
    capacity: int | None = None,
    told_against: Mapping[str, int] | int | None = None,
    views: Sequence[str] | str = (),
    survivorship: Mapping[str, SurvivorshipRule] | None = None,
    progress: Progress = in_silence,
) -> MergeResult:
    """One combined list from several extracts: who is the same patient, what is the same need?

    ``census_date`` is the run's date (a date or ISO text), by default the latest extract's.
    Extracts more than ``plan.stale_days`` older are refused unless ``allow_stale``. One refused
    extract stops the run unless ``skip_refused``; ``refused`` are those that could not be read, to
    be reported with the rest. ``model`` is the patient model of an earlier run
    (``result.model``), by default one is fitted to these extracts. ``register`` remembers runs:
    ids, model and what people decided come from it, and this run is recorded in it at its end;
    ``allowed`` names the organisations whose lists may be other than the last ones were, and
    ``retrain`` asks for another model than the register's, and for what that would change.
    ``capacity`` is how many questions each organisation can answer in a week; the rest waits.
    ``told_against`` is the run of the register that people hold, by default the newest: what has
    changed is told since then; by name of a view, the oldest of those in ``views`` counts.
    ``views`` are those that will be written (``save_views``): one of nobody stops the run before it
    is recorded. ``survivorship`` has rules of your own by field (see
    ``SurvivorshipRule``); the plan and the manifest of the result name them. ``progress`` is told
    each stage as it begins, and how much of the patient stage is done. The order of extracts and of
    their rows changes no id and no group.

    Raises RefusedExtracts, InputError where there is no census date or no extract, and
    ConservationError where rows in and out do not agree.

    >>> import pandas as pd
    >>> from waitlist_merge.intake import Extract
    >>> person = {"NHS number": ["9990000018"], "DOB": ["3 May 1971"], "Surname": ["Okafor"],
    ...           "Forename": ["Chidi"], "Specialty": ["110"]}
    >>> lists = [
    ...     Extract.from_frame(pd.DataFrame(person | {"RTT start": [start]}), organisation=code)
    ...     for code, start in (("RM3", "2026-03-02"), ("RW3", "2026-04-20"))
    ... ]
    >>> result = merge(lists, census_date="2026-11-15")
    >>> len(result.entries), result.entries["patient_id"].nunique()
    (2, 1)

    A rule of one's own, here of a name that two lists hold in full and cut short:

    >>> def longest(members, field):
    ...     may, _ = members.said(field)
    ...     return may, (-members.column(field).astype(str).str.len().to_numpy(),)
    >>> person |= {"PPID": ["RM3000012345"], "PPID issuer": ["RM3"]}
    >>> named = [
    ...     Extract.from_frame(pd.DataFrame(person | {"Surname": [name]}), organisation=code)
    ...     for code, name in (("RM3", "Okafor-Bello"), ("RW3", "Okafor"))
    ... ]
    >>> rule = combined.SurvivorshipRule("longest_name", longest)
    >>> result = merge(named, census_date="2026-11-15", survivorship={"family_name": rule})
    >>> result.combined_list["family_name"].tolist()
    ['Okafor-Bello']
    >>> told = result.provenance.set_index("field").loc["family_name"]
    >>> told["rule"], told["other_values"]
    ('longest_name', 'RW3 Okafor')
    """
    _need_extracts(extracts)
    plan = plan or MergePlan()
    own_rules = combined.checked(survivorship)
    plan = _naming(plan, own_rules)
    watch = Stopwatch(progress)
    known = recall(register, plan=plan, model=model, retrain=retrain)

    with watch("normalise"):
        accepted = accept(
            extracts,
            census_date=census_date,
            plan=plan,
            allow_stale=allow_stale,
            skip_refused=skip_refused,
            refused=refused,
        )
        del extracts
        entries = assemble(accepted.typed, run_date=accepted.run_date, key=known.key)
        accepted = accepted.without_values()
        written = names_of(views, sorted(map(str, entries["organisation"].dropna().unique())))
        held = oldest_held(told_against, written)
        begun = memory.begin(known, entries, run_date=accepted.run_date, allowed=allowed, held=held)
        entries = begun.entries
    with watch("patients"):
        match = partial(
            patients.match_patients,
            entries,
            superseded=dict(plan.superseded_numbers),
            decided=begun.ruled.patients,
            progress=of_patients(progress),
            on=accepted.run_date,
        )
        people = match(plan.patients, model=known.model).without_records()
        accept_model(known, people.model)
        who = memory.hold_patients(begun, people)
        both = memory.linked(begun, people, who, lambda plan, model: match(plan, model=model))
    with watch("pathways"):
        needs = pathways.match_pathways(
            entries, who, plan=plan, run_date=accepted.run_date, decided=begun.ruled.pathways
        )
        needs = memory.hold_pathways(begun, who, needs)
        ids = memory.name(begun, who, needs)
    with watch("combined list"):
        listed = combined.combine(
            entries,
            who,
            needs,
            run_date=accepted.run_date,
            key=known.key,
            survivorship=plan.survivorship,
            own_rules=own_rules,
            agreements=plan.agreements,
            patient_id=ids.patient_id,
            pathway_id=ids.pathway_id,
            kept=ids.kept,
            asked_again=review.asked_again(begun.ruled),
            person=needs.person,
            workers=plan.patients.workers,
        )
    with watch("questions"):
        questions = review.questions(
            entries, who, needs, listed, run_date=accepted.run_date, ruled=begun.ruled
        )
    with watch("check"):
        entries = beside(without_marks(entries), listed.entry_columns)
        findings = gather_findings(accepted, entries, needs.findings)
        check_conservation(accepted.typed, entries, listed.membership.entry_id)
    with watch("remember"):
        left = remember.end(
            begun,
            ids,
            entries=entries,
            combined_list=listed.combined_list,
            review_queue=questions,
            findings=findings,
            model=people.model,
        )
    order = listed.history.order
    return MergeResult(
        entries=conform("entries", entries),
        combined_list=conform("combined_list", listed.combined_list),
        membership=listed.membership,
        provenance=conform("provenance", listed.provenance),
        history=listed.history,
        gains=conform("gains", listed.gains),
        patient_links=conform("patient_links", named_links(who.links, entries, order)),
        pathway_links=conform("pathway_links", named_links(needs.links, entries, order)),
        review_queue=conform(
            "review_queue",
            left.review_queue.assign(this_week=within(left.review_queue, capacity)),
        ),
        findings=conform("findings", findings),
        changes=conform("changes", left.changes),
        unaccounted=conform("unaccounted", left.unaccounted),
        not_refreshed=conform("not_refreshed", left.unsent),
        work=conform("work", left.work),
        contacts=conform("contacts", left.contacts),
        accepted=accepted,
        plan=plan,
        timings=watch.timings,
        counts={"candidate_pairs_of_patients": people.candidate_pairs},
        people=people.named(entries["patient_id"]),
        left=left,
        relinked=relinked(*both, entries) if both else None,
    )


def _naming(plan: MergePlan, rules: Mapping[str, SurvivorshipRule]) -> MergePlan:
    """The plan with the names of the rules that a user gives, so that the manifest has them."""
    names = {field: rule.name for field, rule in rules.items()}
    return plan.model_copy(update={"survivorship": Pairs({**plan.survivorship, **names})})


def _need_extracts(extracts: Sequence[Extract]) -> None:
    """InputError where paths, frames or a single extract are given instead."""
    several = not isinstance(extracts, Extract | str)
    if not (several and all(isinstance(each, Extract) for each in extracts)):
        raise InputError(
            "merge takes a list of extracts: read each file with read_extract, make one of a frame "
            "with Extract.from_frame, or give paths to merge_files"
        )


def merge_files(
    files: Sequence[FileRequest | str | Path] = (),
    *,
    config: MergeConfig | None = None,
    census_date: date | str | None = None,
    allow_stale: bool = False,
    skip_refused: bool = False,
    model: patients.PatientModel | None = None,
    register: Register | None = None,
    allowed: Allowed | None = None,
    retrain: Retrain | None = None,
    capacity: int | None = None,
    told_against: Mapping[str, int] | int | None = None,
    views: Sequence[str] | str = (),
    survivorship: Mapping[str, SurvivorshipRule] | None = None,
    progress: Progress = in_silence,
) -> MergeResult:
    """One combined list from files: each is read, then ``merge`` has them all.

    ``files`` are paths, or texts like ``"RM3=lists/rm3.csv"`` that say whose list each is.
    ``config`` says how files are read and holds the plan; without ``files`` it names them too.
    ``model`` is the patient model of an earlier run, by default the one that ``config`` names;
    ``survivorship`` has rules of your own, which come before those that ``config`` names.
    """
    config = config or MergeConfig()
    if isinstance(files, FileRequest | str | Path):
        raise InputError(f"merge_files takes a list of files; give [{str(files)!r}]")
    requests = [FileRequest.of(each) for each in files]
    if model is None and config.model_file:
        model = patients.PatientModel.load(config.model_file)
    watch = Stopwatch(progress)
    with watch("read"):
        day = as_date(census_date or config.census_date)
        extracts, refused = read_all(requests, config, typed=True, census_date=day)
    # Handed over and not kept, so that nothing of size is held twice.
    given = [extracts]
    del extracts
    result = merge(
        given.pop(),
        census_date=census_date or config.census_date,
        plan=config.plan,
        allow_stale=allow_stale,
        skip_refused=skip_refused,
        refused=refused,
        model=model,
        register=register,
        allowed=allowed,
        retrain=retrain,
        capacity=capacity,
        told_against=told_against,
        views=views,
        survivorship=survivorship,
        progress=progress,
    )
    return replace(result, timings=watch.timings | dict(result.timings))
