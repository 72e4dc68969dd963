"""Who can answer a question, which fact would settle it, and what will each answer do?

In words for a booking clerk; worded once for each kind of question.
"""

from __future__ import annotations

from collections.abc import Sequence

from waitlist_merge.plural import several
from waitlist_merge.reasons import Relation, Veto
from waitlist_merge.review.answers import CLINICIAN, UNACCOUNTED, Answer, who_answers

BY_VETO: dict[str, str] = {
    Veto.DIFFERENT_NHS_NUMBERS: "The Spine: is one of the two NHS numbers superseded, or whose?",
    Veto.NOT_TRACED: "Trace the number that is not traced on the Spine",
    Veto.DIFFERENT_PERSON_KEYS: "Ask who made the person keys whether they are of one person",
    Veto.CONFUSION: "The Spine: whose number is it, by name and birth date?",
    Veto.AGE_GAP: "The birth date on the Spine, under each NHS number",
    Veto.TWINS: "The given name and NHS number on the Spine: are there two children?",
    Veto.MIDDLE_NAMES: "The middle name or NHS number of each, from the referral letters",
    Veto.BIRTH_DATE_UNKNOWN: "The missing birth date, from the referral letter or the Spine",
    Veto.NAMESAKES: "Earlier addresses and telephone numbers on the Spine",
    Veto.CLOSE_RIVAL: "The NHS number of the entry that fits two people",
    Veto.GROUP_CONFLICT: "Look at each entry's referral letter: which belong together?",
    Veto.IDENTIFIER_OF_TWO_PATIENTS: "The referral letter under that identifier: whose is it?",
    Veto.CANCER_WITH_ROUTINE: "The referral letters: one problem or two, and which urgency?",
    Veto.OTHER_SIDE: "The side in the clinic letter or on the consent form",
    Veto.OTHER_PROCEDURE: "The procedure in the clinic letter or on the consent form",
    Veto.PLANNED_WITH_ACTIVE: "The clinic letter: has the planned treatment become due?",
    Veto.PATIENT_NOT_CERTAIN: "First whether it is one person: birth date and NHS number",
    Veto.NOT_REFRESHED: "The list that did not come, or that organisation's own record",
    Veto.DECIDED_APART: "What those who answered before have seen; talk to each other",
}
"""The fact that settles it where something speaks against the link."""

BY_RELATION: dict[str, str] = {
    Relation.TREATED_ELSEWHERE: "The discharge letter, or the patient: has it been treated?",
    Relation.TRANSFER: "The inter-provider transfer form: who treats, and from which start?",
    Relation.MUTUAL_AID_IN_PROGRESS: "Has the other provider accepted, in writing?",
    Relation.SUBCONTRACTED: "The agreement between the two: who reports?",
    Relation.DIAGNOSTIC_ELSEWHERE: "The test request: does it name the other entry's pathway?",
    Relation.IDENTIFIER_AT_TWO_ORGANISATIONS: "The transfer form, or a call to the other trust",
    Relation.INTERFACE_SERVICE: "The referral in e-RS: one referral, or two?",
    Relation.PLANNED: "The clinic letter: is the planned care still wanted?",
    Relation.REPEAT_SAME_ORGANISATION: "The two referral letters side by side",
    Relation.REPEAT_OTHER_ORGANISATION: "The two referral letters, or a call to the patient",
    Relation.PATIENT_CHOICE_SWITCH: "The patient: did they choose another provider?",
    Relation.SECOND_OPINION: "The later referral letter: does it ask for a second opinion?",
}
"""The fact that settles it where nothing speaks against the link."""

OF_LEVEL = {
    "patient": "Name, birth date, NHS number and address of each on the Spine",
    "pathway": "The two referral letters side by side",
    UNACCOUNTED: "Each organisation's own record, or a call to the patient",
}


def settling_fact(level: str, relation: str, veto: str) -> str:
    """The one thing to look up, so that a clerk need not open everything.

    >>> settling_fact("pathway", "second_opinion", "")
    'The later referral letter: does it ask for a second opinion?'
    """
    if level == "patient":
        return BY_VETO.get(veto, OF_LEVEL[level])
    return BY_VETO.get(veto) or BY_RELATION.get(relation) or OF_LEVEL[level]


def who_is_asked(
    level: str, relation: str, veto: str, organisations: Sequence[str], *, clinician: bool = False
) -> str:
    """Who can answer: clerk or clinician, at which organisations; a coordinator where none is left.

    >>> who_is_asked("patient", "held_apart", "twins", ["RM3", "RW3"])
    'Booking clerk at RM3 and RW3'
    >>> who_is_asked("unaccounted", "unaccounted", "", [])
    'A coordinator'
    """
    if not organisations:
        return "A coordinator"
    who = CLINICIAN if clinician else who_answers(level, relation, veto)
    return f"{who} at {several(organisations)}"


def effects(level: str, organisations: Sequence[str], *, vetoed: bool) -> str:
    """What each answer will do, one line an answer.

    >>> print(effects("patient", ["RM3", "RW3"], vetoed=False).splitlines()[0])
    same person: one patient, once RM3 and RW3 have each said so
    """
    condition = ""
    if len(organisations) > 1:
        condition = f", once {several(organisations)} have each said so"
    if level == UNACCOUNTED:
        return f"{Answer.ACCOUNTED}: leaves the list of patients for whom nobody waits{condition}"
    if len(organisations) > 2:
        condition += " (entries of two that both have are joined before)"
    if vetoed:
        condition += ", with a second person and a reason"
    same, different = _VERDICTS[level]
    return "\n".join(
        (
            f"{same}{condition}",
            different,
            f"{Answer.CANNOT_TELL}: rests until a fact changes",
            f"{Answer.NEEDS_CLINICIAN}: asked of a clinician",
            f"{Answer.CORRECT_RECORD}: rests until the record is corrected",
            f"{Answer.ASK_AGAIN}: asked with the next list",
        )
    )


_VERDICTS = {
    "patient": (
        f"{Answer.SAME_PERSON}: one patient",
        f"{Answer.DIFFERENT_PEOPLE}: kept apart at once",
    ),
    "pathway": (
        f"{Answer.SAME_NEED}: one row, the longest wait counts",
        f"{Answer.DIFFERENT_NEEDS}: each keeps its row, at once",
    ),
}
