"""What does a run know before anything is read: key, model, last run, answers?

A run with a register takes them from it; without one it stands alone. Another model than the
register's, or its weights with other thresholds, are tried only where somebody asks for it, and
taken only once their links were listed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from waitlist_merge.errors import ConfigError, InputError
from waitlist_merge.patients import PatientModel
from waitlist_merge.plan import MergePlan, PatientPlan
from waitlist_merge.review import register as registers
from waitlist_merge.review.rows import AnswerRow
from waitlist_merge.review.snapshot import Snapshot

if TYPE_CHECKING:
    from waitlist_merge.review.register.reading import RunRow

SHOWN = 12
"""Characters of a digest that tell models apart: 48 bits."""

LEAST = 8
"""Characters by which a model is accepted: 32 bits, which no other model has by chance."""


@dataclass(frozen=True, slots=True)
class Retrain:
    """That the patient model is to be fitted anew; ``accept`` is how the digest of it begins.

    Without ``accept`` the links that it would make or break are listed, and nothing is recorded.
    With ``keep_weights`` it is the register's own, with the thresholds of the plan; one that is
    accepted by its digest is known by that. ConfigError where it is too short to tell models apart.
    """

    accept: str | None = None
    keep_weights: bool = False

    def __post_init__(self) -> None:
        if self.accept is not None and len(self.accept) < LEAST:
            raise ConfigError(
                f"--accept-model: give at least {LEAST} characters of what --retrain has said"
            )

    def keeps(self, pinned: PatientModel, plan: PatientPlan) -> bool:
        """Is it the register's own weights that are listed, or accepted?"""
        accepted = self.accept is not None and mark(pinned, plan).startswith(self.accept.lower())
        return self.keep_weights or accepted


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Recalled:
    """What was there when the run began.

    ``key`` keys the entry ids, ``model`` weighs the evidence on people (None: one is fitted),
    ``last`` is what the newest run knew. With ``retrain`` another model than the register's is
    fitted, or other thresholds are tried with its weights; ``replaced`` is the register's, None
    where this version cannot read it, and ``judged`` are the settings with the thresholds that the
    register's had, None where nobody knows them.
    """

    plan: MergePlan
    started_at: dt.datetime
    key: str | None
    model: PatientModel | None
    register: registers.Register | None = None
    last: Snapshot | None = None
    answers: Sequence[AnswerRow] = ()
    retrain: Retrain | None = None
    replaced: PatientModel | None = None
    judged: PatientPlan | None = None


def recall(
    register: registers.Register | None,
    *,
    plan: MergePlan,
    model: PatientModel | None,
    retrain: Retrain | None = None,
) -> Recalled:
    """What is known before anything is read.

    ConfigError where the plan has another key or other thresholds, or ``model`` is another one,
    than the register's, where there is no model to fit anew, and where ``model`` would be in place
    of the one that ``retrain`` asks for.
    """
    began = dt.datetime.now(dt.UTC)
    if register is None or register.runs().empty:
        if retrain:
            raise ConfigError("--retrain: needs a --register that has a run")
        key = register.key(plan.hmac_key) if register else plan.hmac_key
        return Recalled(plan=plan, started_at=began, key=key, model=model, register=register)
    if retrain and model is not None:
        raise ConfigError(
            "--model: does not go with --retrain, which fits one; to try other thresholds with the "
            "register's own weights, say --keep-weights instead"
        )
    pinned = _pinned(register, retrain)
    keeps = retrain is None or (pinned is not None and retrain.keeps(pinned, plan.patients))
    if model is not None and pinned is not None and model.digest != pinned.digest:
        raise ConfigError(
            f"{register.name}: has its own patient model, and --model names another one; leave "
            "--model out, or change the register's with --retrain"
        )
    newest = register.newest()
    thresholds = thresholds_of(newest, plan) if newest else {}
    if not retrain:
        _need_thresholds(register.name, thresholds, plan.patients.thresholds)
    return Recalled(
        plan=plan,
        started_at=began,
        key=register.key(plan.hmac_key),
        model=pinned if keeps else None,
        register=register,
        last=register.last(),
        answers=register.answers(),
        retrain=retrain,
        replaced=pinned if retrain else None,
        judged=plan.patients.model_copy(update=thresholds) if thresholds else None,
    )


def thresholds_of(run: RunRow, plan: MergePlan) -> Mapping[str, float]:
    """From which weight a run joined and asked; empty where nobody wrote it down.

    Where its settings were these, nobody had to.
    """
    same = not run.thresholds and run.plan_digest == plan.digest()
    return plan.patients.thresholds if same else run.thresholds


def _need_thresholds(
    register: str, pinned: Mapping[str, float], asked: Mapping[str, float]
) -> None:
    """ConfigError where a plan joins people by another weight than the register's runs did."""
    other = [name for name, value in pinned.items() if asked[name] != value]
    if other:
        told, given = (_named(each, other) for each in (pinned, asked))
        raise ConfigError(
            f"{register}: its runs were made with {told}, and the settings say {given}; put that "
            "back, or list with --retrain --keep-weights which links it would make and break"
        )


def _named(thresholds: Mapping[str, float], names: Sequence[str]) -> str:
    """In full, or one that differs by little would be told as the same."""
    return ", ".join(f"{name} {thresholds[name]!r}".removesuffix(".0") for name in names)


def _pinned(register: registers.Register, retrain: Retrain | None) -> PatientModel | None:
    """The register's model; where this version cannot read it a new one has to be fitted."""
    try:
        return register.model()
    except InputError as error:
        if retrain and not retrain.keep_weights:
            return None
        problem = str(error).partition(";")[0]
        raise InputError(
            f"{problem}: the register's patient model is of another version of waitlist_merge; fit "
            "it anew with --retrain"
        ) from None


def said_since_last_week(recalled: Recalled, today: dt.date) -> Sequence[AnswerRow]:
    """The answers since lists of another day were first merged; all where there were none.

    The same lists are merged again when answers have been read: a week later these count still.
    """
    if recalled.register is None:
        return ()
    runs = recalled.register.runs()
    other = runs.loc[runs["run_date"] != today]
    if other.empty:
        return recalled.answers
    week = other.loc[other["run_date"] == other["run_date"].iloc[-1]]
    return recalled.answers[int(week["answers_seen"].iloc[0]) :]


def accept_model(recalled: Recalled, model: PatientModel) -> None:
    """ConfigError where a model was accepted, and this is another one or has other thresholds."""
    accepted = recalled.retrain and recalled.retrain.accept
    if accepted and not mark(model, recalled.plan.patients).startswith(accepted.lower()):
        raise ConfigError(
            f"--accept-model: these lists and settings give another model than {accepted}; list "
            "its links first with --retrain, which says by which digest it is taken"
        )


def mark(model: PatientModel, plan: PatientPlan) -> str:
    """By which digest is a model listed and taken? One of its weights and the thresholds."""
    told = json.dumps([model.digest, plan.thresholds], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()
