"""What is asked of a booking clerk, for each kind of doubt."""

from __future__ import annotations

from datetime import date

from waitlist_merge.reasons import Joins, Relation, Veto

PATIENT_QUESTION = "Are these entries one person? Check the demographic details with the Spine."
PATIENT_SHARED = (
    "One pathway identifier is on entries of two patients. Are they one person, or is it wrong on"
    " one of the entries?"
)
PATIENT_AGAIN = "People have answered this before. Look again: are these entries one person?"
PATIENT_PROPOSED = "These entries are taken for one person. Is that right?"

BY_VETO: dict[str, str] = {
    Veto.CANCER_WITH_ROUTINE: (
        "One entry says suspected cancer, another routine. Is this one problem, and which is right?"
    ),
    Veto.OTHER_SIDE: "One entry says left, another right. Which is meant, or do both wait?",
    Veto.OTHER_PROCEDURE: (
        "These entries are tied as one need but name different procedures. Which procedure is"
        " meant, or do both wait?"
    ),
    Veto.PLANNED_WITH_ACTIVE: (
        "Planned care is overdue and an active entry is for the same procedure. Is one to close?"
    ),
    Veto.GROUP_CONFLICT: (
        "These entries look like one need, but one of them is tied to an entry that is kept apart."
        " Which belong together?"
    ),
    Veto.PATIENT_NOT_CERTAIN: "Are these entries one person, and if so one need?",
    Veto.DECIDED_APART: "People have answered this before. Look again: are these one need?",
}
"""What is asked where a veto forbade the link."""

BY_RELATION: dict[str, str] = {
    Relation.TREATED_ELSEWHERE: (
        "Has this patient been treated elsewhere for this? If so, may the waiting entry be closed?"
    ),
    Relation.TRANSFER: (
        "Was this patient transferred? Confirm which organisation treats and which start holds."
    ),
    Relation.MUTUAL_AID_IN_PROGRESS: "Has the other provider accepted this patient?",
    Relation.SUBCONTRACTED: "Which of the two organisations reports this wait?",
    Relation.DIAGNOSTIC_ELSEWHERE: "Is one entry only a test for the other?",
    Relation.IDENTIFIER_AT_TWO_ORGANISATIONS: (
        "Two organisations list this pathway. Which treats, and which clock start holds?"
    ),
    Relation.INTERFACE_SERVICE: "Do these come from one referral through an interface service?",
    Relation.PLANNED: "Is the planned care still needed beside the active entry?",
    Relation.REPEAT_SAME_ORGANISATION: "Is this one need that was referred twice?",
    Relation.REPEAT_OTHER_ORGANISATION: ("Do these organisations list the patient for one need?"),
    Relation.PATIENT_CHOICE_SWITCH: "Did the patient choose another provider for this problem?",
    Relation.SECOND_OPINION: "Is one entry a second opinion on the other?",
}
"""What is asked where nothing forbade the link but it is not certain."""

OTHERWISE = "Are these entries one need?"

ASK_PATIENT: dict[str, str] = {
    Relation.REPEAT_OTHER_ORGANISATION: "Ask the patient where to be treated.",
}
"""What the patient is to be asked, where no death is recorded and nothing forbade the link."""

DECEASED = "A death is recorded for this patient: check before any contact."
"""Said before anything else (domain 5.4)."""
DECEASED_PERHAPS = (
    "A death is recorded, but perhaps of another person: settle who has died before any contact."
)
"""Said where those who are asked about are not all certainly the person who has died."""


def wording(level: str, joins: str, relation: str, veto: str, death: str = "") -> str:
    """The question for one kind of doubt; ``death`` is what is said of one before it, if any.

    >>> wording("pathway", "asked", "second_opinion", "")
    'Is one entry a second opinion on the other?'
    >>> wording("pathway", "asked", "second_opinion", "", DECEASED)[:36]
    'A death is recorded for this patient'
    """
    question = _question(level, joins, relation, veto)
    if death:
        return f"{death} {question}"
    asked = ASK_PATIENT.get(relation) if level == "pathway" and not veto else None
    return f"{question} {asked}" if asked else question


def _question(level: str, joins: str, relation: str, veto: str) -> str:
    if level == "patient":
        if veto == Veto.IDENTIFIER_OF_TWO_PATIENTS:
            return PATIENT_SHARED
        if veto == Veto.DECIDED_APART:
            return PATIENT_AGAIN
        return PATIENT_PROPOSED if joins == Joins.YES else PATIENT_QUESTION
    return BY_VETO.get(veto) or BY_RELATION.get(relation, OTHERWISE)


def said_in_words(organisation: str, answer: str, day: date | None, detail: str = "") -> str:
    """Which organisation said what, and when; what has become of it in brackets.

    >>> said_in_words("RM3", "cannot tell", date(2026, 11, 16))
    'RM3 cannot tell 16 Nov 2026'
    """
    told = (organisation, answer, f"{day:%d %b %Y}" if day else "", f"({detail})" if detail else "")
    return " ".join(filter(None, told))
