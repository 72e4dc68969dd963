"""What has to hold in each week of the quarter, and at its end of all that the register keeps."""

from __future__ import annotations

import hashlib

import pandas as pd

import waitlist_merge as wm
from benchmarks.quarter_reviewers import audited
from benchmarks.quarter_state import IDS, Ids, Lists, Past, Quarter, Verdict, ids_of
from benchmarks.quarter_waits import look_at_waits
from waitlist_merge.review.rows import AnswerRow, WorkRow


def look(quarter: Quarter, week: int, lists: Lists, result: wm.MergeResult, seconds: float) -> None:
    """What held this week: counts, ids, decisions, and that nobody is lost."""
    entries, now = result.entries, ids_of(lists, result)
    sent = sum(len(numbers) for _, numbers in lists.values())
    quarter.check(len(entries) == sent, f"week {week}: {sent} rows came, {len(entries)} went")
    quarter.check(len({ids[0] for ids in now.values()}) == sent, f"week {week}: an id twice")
    logged = logged_ids(result)
    for place, ids in now.items():
        for name, was, is_now in zip(IDS, quarter.ids.get(place, ids), ids, strict=True):
            quarter.kept[name] += 1
            if was != is_now:
                quarter.lost_ids[name] += 1
                told = name == "entry_id" or (was, is_now) in logged
                quarter.check(told, f"week {week}: a {name} changed and nothing says so")
    quarter.ids |= now
    members = set(result.members["entry_id"])
    missing = {each for ids in result.unaccounted["entry_ids"] for each in str(ids).split(";")}
    nobody = lost_needs(quarter, set(lists), members, missing)
    quarter.check(not nobody, f"week {week}: {len(nobody)} needs are lost without a word")
    together = dict(zip(entries["entry_id"], entries["pathway_id"], strict=True))
    people = dict(zip(entries["entry_id"], entries["patient_id"], strict=True))
    whose = dict(zip(entries["entry_id"], entries["organisation"].astype(str), strict=True))
    for (one, other, level, _), verdict in quarter.apart.items():
        of = people if level == "patient" else together
        if one in of and other in of and of[one] == of[other]:
            concerned = {whose[one], whose[other]}
            anew = answered_anew(quarter, (one, other, level), verdict, concerned)
            quarter.anew += anew
            quarter.check(anew, f"week {week}: kept apart, yet together")
    look_at_waits(quarter, week, result)
    look_at_work(quarter, week, set(lists), now, missing, result.work)
    duplicates = entries["outcome"] == "confirmed_duplicate"
    quarter.confirmed = set(entries.loc[duplicates, "entry_id"])
    quarter.told.append(
        {
            "week": week,
            "rows": sent,
            "new": count(result, "new"),
            "gone": count(result, "gone") + count(result, "closed"),
            "unaccounted": len(result.unaccounted),
            "questions": len(result.review_queue),
            "confirmed": int(duplicates.sum()),
            "seconds": round(seconds, 1),
        }
    )
    if quarter.both >= 0 and week < quarter.script.answered:
        ids = {quarter.ids[each][0] for each in quarter.region.needs[quarter.both].places}
        quarter.check(ids <= missing, f"week {week}: the duplicate closed twice is not asked about")


def answered_anew(
    quarter: Quarter, pair: tuple[str, str, str], kept: Verdict, concerned: set[str]
) -> bool:
    """Does something agree that did not, and has everybody concerned said since that it is one?"""
    since = {
        said.organisation
        for (*about, _), said in quarter.one.items()
        if tuple(about) == pair and said.number > kept.number and said.agreed - kept.agreed
    }
    return concerned <= since


def count(result: wm.MergeResult, change: str) -> int:
    return int((result.changes["change"] == change).sum())


def logged_ids(result: wm.MergeResult) -> set[tuple[str, str]]:
    """The old and the new id of every merge and split that the run tells of."""
    told = result.changes[result.changes["change"].isin(["ids_merged", "id_split"])]
    return set(zip(told["before"], told["after"], strict=True))


def lost_needs(quarter: Quarter, came: set[str], members: set[str], missing: set[str]) -> list[int]:
    """Needs that are not over, are on no list, and of which nobody is asked.

    What an organisation whose list did not come has closed, nobody can know before the next week.
    Of a need that somebody took for another one, that other one speaks: the answer was wrong.
    """
    lost = []
    mistaken = taken_for_another(quarter)
    for number, need in enumerate(quarter.region.needs):
        known = [each for each in need.places if each in quarter.ids]
        if need.ended or not known:
            continue
        ids = {quarter.ids[each][0] for each in known}
        late = any(quarter.region.places[each].organisation not in came for each in known)
        if late or ids & members or ids & missing or ids & quarter.accounted:
            continue
        if ids & mistaken:
            quarter.mistaken.add(number)
        else:
            lost.append(number)
    return lost


def taken_for_another(quarter: Quarter) -> set[str]:
    """The entries of which somebody says that they are one need with an entry of another one."""
    need = {ids[0]: quarter.region.places[place].need for place, ids in quarter.ids.items()}
    return {
        name
        for one, other, level, _ in quarter.one
        if level == "pathway" and need[one] != need[other]
        for name in (one, other)
    }


def look_at_work(
    quarter: Quarter, week: int, came: set[str], now: Ids, missing: set[str], work: pd.DataFrame
) -> None:
    """Who closed its row by agreement is not asked about; who only said so is told of.

    Where somebody has kept the two apart since, or they are two needs by now, it is asked about.
    """
    faults = work.loc[work["fault"] == "still listed", "entry_ids"] if len(work) else []
    told = {name for ids in faults for name in str(ids).split(";")}
    parted = {frozenset(pair[:2]) for pair in quarter.apart}
    for step in quarter.work.values():
        keeper, other = (quarter.region.places[each] for each in (step.keeper, step.other))
        if step.state != "closed" or keeper.state != "waiting" or step.keeper not in now:
            continue
        (kept, _, need), (name, _, its) = (quarter.ids[each] for each in (step.keeper, step.other))
        one = need == its and frozenset((kept, name)) not in parted
        if step.true and other.organisation in came and one:
            quarter.closed += 1
            quarter.check(name not in missing, f"week {week}: closed by agreement, and asked about")
        elif not step.true and other.state == "waiting" and step.other in now:
            quarter.kept_on += 1
            quarter.check(name in told, f"week {week}: closed in words only, and nobody is told")


def remember(quarter: Quarter, week: int, result: wm.MergeResult) -> None:
    """What the run said and the register holds, once the answers of the week are in."""
    entries = result.entries
    pairs = zip(entries["patient_id"], entries["pathway_id"], strict=True)
    with wm.Register.open(str(quarter.register)) as register:
        answers, work = register.answers(), register.work()
    quarter.past[int(result.run or 0)] = Past(
        week,
        dict(zip(entries["entry_id"], pairs, strict=True)),
        len(result.changes),
        len(answers),
        len(work),
        _digest(answers, work),
    )


def audit(quarter: Quarter) -> None:
    """At the end: is what was said, told and known in each week still there, word for word?"""
    with wm.Register.open(str(quarter.register)) as register:
        answers, work = register.answers(), register.work()
        for run, past in quarter.past.items():
            held = _digest(answers[: past.answers], work[: past.work])
            quarter.check(held == past.held, f"week {past.week}: what was said is not as it was")
            quarter.check(
                len(register.told("changes", run)) == past.changes,
                f"week {past.week}: the changes told are not as they were",
            )
            known = register.snapshot(run).entries
            pairs = zip(known["patient_id"], known["pathway_id"], strict=True)
            ids = dict(zip(known["entry_id"], pairs, strict=True))
            same = all(ids.get(name) == pair for name, pair in past.ids.items())
            quarter.check(same, f"week {past.week}: the ids of the run are not as they were")
    signed = all(row.reviewer and row.organisation and row.answered_on for row in answers)
    dated = all(row.recorded_at and row.run for row in answers)
    quarter.check(signed and dated, "audit: an answer without who, when, or of which run")
    recorded: dict[tuple[object, ...], int] = {}
    for row in answers:
        recorded[audited(row)] = recorded.get(audited(row), 0) + 1
    quarter.check(recorded == dict(quarter.said), "audit: answers are others than were given")
    quarter.check(len(work) == quarter.steps, "audit: steps of work are others than were told")


def _digest(answers: list[AnswerRow], work: list[WorkRow]) -> str:
    return hashlib.sha256(repr((answers, work)).encode()).hexdigest()
