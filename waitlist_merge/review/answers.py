"""What may a person answer to a question, and what does each answer do?

The set is closed, so that an answer can be read back: what does not fit goes in the note.

>>> len(",".join(Answer)) <= 255
True
"""

from __future__ import annotations

from waitlist_merge.reasons import Relation, Veto, Word


class Answer(Word):
    """One answer; a list of them in a cell may have 255 characters (Excel)."""

    SAME_NEED = (
        "same need",
        "These entries wait for one thing. Joins across organisations only once each has said so",
    )
    DIFFERENT_NEEDS = "different needs", "Each entry waits for something of its own: kept apart"
    SAME_PERSON = (
        "same person",
        "The entries are of one person. Joins across organisations only once each has said so",
    )
    DIFFERENT_PEOPLE = "different people", "The entries are of different people: kept apart"
    CANNOT_TELL = "cannot tell", "Looked into, and not to be settled with what is known"
    NEEDS_CLINICIAN = "needs a clinician", "A clinician has to decide; say in the note what"
    CORRECT_RECORD = (
        "record needs correcting",
        "A record is wrong; say in the note whose and what, not the right value",
    )
    ASK_AGAIN = "ask again", "Not now; asked again with the next list"
    ACCOUNTED = (
        "accounted for",
        "Someone knows what became of this patient; say in the note: treated, died, listed where",
    )


UNACCOUNTED = "unaccounted"
"""The level of a question about somebody whom nobody lists any longer."""

CLERK = "Booking clerk"
CLINICIAN = "Clinician"

_CLINICAL = {
    str(each)
    for each in (
        Veto.CANCER_WITH_ROUTINE,
        Veto.OTHER_SIDE,
        Veto.OTHER_PROCEDURE,
        Veto.PLANNED_WITH_ACTIVE,
        Relation.SECOND_OPINION,
        Relation.STAGED_PROCEDURE,
        Relation.OTHER_PROCEDURE,
    )
}


def who_answers(level: str, relation: str, veto: str) -> str:
    """Whether a booking clerk can settle the question or a clinician has to.

    >>> who_answers("pathway", "second_opinion", ""), who_answers("patient", "same_person", "twins")
    ('Clinician', 'Booking clerk')
    """
    clinical = level == "pathway" and not _CLINICAL.isdisjoint((relation, veto))
    return CLINICIAN if clinical else CLERK
