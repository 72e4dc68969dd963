"""The words of the library: every reason, relation and state that an output may hold.

One enum member is one word in the outputs, the explanations and the docs; its ``meaning`` is the
sentence that documents it.

>>> Relation.TRANSFER, Relation.TRANSFER.meaning[:42]
(<Relation.TRANSFER: 'transfer'>, 'One pathway handed from one organisation t')
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A member is its text; ``meaning`` says what it means to a reader of the outputs."""

    meaning: str

    def __new__(cls, text: str, meaning: str = "") -> Self:
        """A member that is its text and carries its meaning."""
        member = str.__new__(cls, text)
        member._value_ = text
        member.meaning = meaning
        return member


class Confidence(Word):
    """How sure we are that two entries are the same; empty where they are held apart."""

    CERTAIN = (
        "certain",
        "Shares a group; a certain patient and a shared identifier, or people's answers",
    )
    PROBABLE = "probable", "Shares a group that is only proposed: asked and shown in full"
    POSSIBLE = "possible", "Joins nothing; a person is asked"


class Joins(Word):
    """Whether the two entries of a link share a group."""

    YES = "yes", "The two share a group"
    NO = "no", "The two are held apart"
    ASKED = "asked", "The two stay apart until a person has answered"


class Relation(Word):
    """What two entries of one patient are to each other (design: the two levels, in this order)."""

    RESENT = "resent", "The same row of the same organisation sent again"
    TWO_STAGES = "two_stages", "One pathway's outpatient and admitted rows at one organisation"
    LATER_PERIOD = "later_period", "Same identifier, but the earlier waiting period has ended"
    TREATED_ELSEWHERE = (
        "treated_elsewhere",
        "The clock was stopped for the same need at another organisation after this clock started",
    )
    TRANSFER = "transfer", "One pathway handed from one organisation to another"
    MUTUAL_AID_IN_PROGRESS = (
        "mutual_aid_in_progress",
        "Offered to another provider, not yet accepted",
    )
    SUBCONTRACTED = "subcontracted", "Done by another provider under an agreement"
    DIAGNOSTIC_ELSEWHERE = "diagnostic_elsewhere", "A test at another provider for a pathway here"
    IDENTIFIER_AT_TWO_ORGANISATIONS = (
        "identifier_at_two_organisations",
        "Same pathway identifier and issuer at two organisations, kind not told apart",
    )
    INTERFACE_SERVICE = "interface_service", "One referral through an interface service"
    PLANNED = "planned", "Planned care: outside referral to treatment"
    FOLLOW_UP_OR_PIFU = "follow_up_or_pifu", "A follow-up outside referral to treatment"
    DIAGNOSTIC = "diagnostic", "A diagnostic wait with its own clock"
    OTHER_SIDE = "other_side", "Same procedure on the other side of the body"
    OTHER_PROCEDURE = "other_procedure", "A different procedure"
    STAGED_PROCEDURE = "staged_procedure", "A further stage of planned treatment"
    OTHER_SPECIALTY = "other_specialty", "A specialty that is no neighbour"
    REPEAT_SAME_ORGANISATION = (
        "repeat_same_organisation",
        "The same need referred again to the same organisation",
    )
    REPEAT_OTHER_ORGANISATION = (
        "repeat_other_organisation",
        "The same need referred to another organisation",
    )
    PATIENT_CHOICE_SWITCH = "patient_choice_switch", "The patient chose another provider"
    SECOND_OPINION = "second_opinion", "A second opinion for the same problem"
    UNRELATED = "unrelated", "Nothing ties the two together"


class PatientRelation(Word):
    """What two entries say of their patients."""

    SAME_PERSON = "same_person", "The two entries are of one person"
    HELD_APART = "held_apart", "The two entries look alike but are not joined"


class Veto(Word):
    """A fact that forbids an automatic link whatever the score."""

    DIFFERENT_NHS_NUMBERS = "different_nhs_numbers", "Two different valid NHS numbers"
    NOT_TRACED = "not_traced", "Two different valid NHS numbers, one of them not traced"
    DIFFERENT_PERSON_KEYS = "different_person_keys", "Two different person keys"
    CONFUSION = "confusion", "Same number, but birth date and given name both differ"
    AGE_GAP = "age_gap", "Same full name, born 15 or more years apart: parent and child"
    TWINS = "twins", "Same birth date, family name and address; other given name"
    MIDDLE_NAMES = (
        "middle_names",
        "Same first name, and second names that differ or are not told: brothers or sisters",
    )
    BIRTH_DATE_UNKNOWN = (
        "birth_date_unknown",
        "Same names, but no birth date and no identifier tell a parent from a child",
    )
    NAMESAKES = (
        "namesakes",
        "Same names and birth date, but home and telephone or e-mail all differ",
    )
    CLOSE_RIVAL = "close_rival", "Another candidate fits almost as well"
    GROUP_CONFLICT = "group_conflict", "Joining would put two vetoed records in one group"
    OTHER_SIDE = "other_side", "Same procedure, two different sides"
    OTHER_PROCEDURE = (
        "other_procedure",
        "One need by identifier or transfer, but two different procedures",
    )
    CANCER_WITH_ROUTINE = "cancer_with_routine", "Suspected cancer with routine"
    PLANNED_WITH_ACTIVE = "planned_with_active", "Planned with active"
    PATIENT_NOT_CERTAIN = "patient_not_certain", "The patient link itself is not certain"
    IDENTIFIER_OF_TWO_PATIENTS = (
        "identifier_of_two_patients",
        "One pathway identifier with its issuer on entries of two patients",
    )
    DECIDED_APART = "decided_apart", "People have said that the two are kept apart"
    NOT_REFRESHED = (
        "not_refreshed",
        "Two in the run before, and a list that may tell them apart did not come",
    )


class ListState(Word):
    """What kind of place on a list an entry is."""

    OPEN = "open", "An open referral-to-treatment wait"
    CLOSED = "closed", "Stopped, treated or removed: evidence only"
    NOT_RTT = "not_rtt", "On the list but outside referral to treatment"
    PLANNED = "planned", "Planned care with a due date"
    DIAGNOSTIC = "diagnostic", "A diagnostic wait"
    UNBOOKED_REFERRAL = "unbooked_referral", "A referral not yet booked (ASI, CAS, RAS)"
    UNCLEAR = "unclear", "Contradictory or unknown: kept on the list"


class Stage(Word):
    """How far along the pathway an entry is."""

    ADMITTED = "admitted", "Decision to admit made"
    NON_ADMITTED = "non-admitted", "Waiting for a decision"
    PLANNED = "planned", "Planned admission"
    DIAGNOSTIC = "diagnostic", "Waiting for a test"
    UNBOOKED = "unbooked", "Referral not yet booked"


class Outcome(Word):
    """What became of an entry."""

    SINGLE = "single", "The only entry of its pathway"
    SHOWN = "shown", "Fills the combined row; says nothing about who treats or reports"
    PROPOSED_DUPLICATE = "proposed_duplicate", "Probably the same need as the shown entry: asked"
    CONFIRMED_DUPLICATE = "confirmed_duplicate", "Certainly the same need as the shown entry"
    NOT_WAITING = "not_waiting", "Closed: not on the combined list"
    UNREADABLE = "unreadable", "A person's row of which little could be read; on the list"


class StartStatus(Word):
    """Where the clock start on a combined row comes from."""

    AGREED = "agreed", "Every open member that states a start states this one"
    PROPOSED = "proposed", "The earliest candidate; asked"
    FROM_OTHER_ORGANISATION = (
        "from_other_organisation",
        "The earliest start under a shared identifier, of another organisation than the one shown",
    )
    UNKNOWN = "unknown", "No open member states a start; still on the list"
    NOT_REFRESHED = (
        "not_refreshed",
        "That of the run before: the organisation that gave it sent no newer list",
    )
    OF_CLOSED_ROW = (
        "of_closed_row",
        "That of an entry taken off its list while another, with a later start, is still listed",
    )


class StartReason(Word):
    """Why a clock start is not that of a combined row, or still is: in ``rtt_start_note``."""

    LATER = "later than the start taken", "Another entry of the need states an earlier one"
    SUPERSEDED = "superseded submission", "The organisation sent the row again since"
    NOT_YET = "after the run's date", "The clock would start after the run's date"
    OUTSIDE = "outside referral to treatment", "The entry has no referral-to-treatment clock"
    NULLIFIED = (
        "nullified by a missed first appointment",
        "The first appointment was missed and a new clock began (RTT guidance 3.4.5)",
    )
    MONITORED = (
        "before active monitoring",
        "Active monitoring stopped the clock and a new one began (3.4.4)",
    )
    DISCHARGED = (
        "before a discharge",
        "The patient was discharged or removed and referred again (3.4.3)",
    )
    ENDED = "earlier period that ended", "A later period of the same pathway (Annex C)"
    OVERLAPS = (
        "of a row closed after the start taken",
        "Periods of one pathway cannot overlap (Annex C): one of the dates is wrong",
    )
    OTHER_SIDE = "other side", "The clock of the other side of the body (3.4.1)"
    OTHER_PROCEDURE = (
        "other procedure under one identifier, own clock until answered",
        "Which procedure is meant, or whether both wait, is asked",
    )
    ABROAD = (
        "outside England",
        "The clock starts when the provider in England receives the referral (10.1.9.1)",
    )
    OTHER_PROVIDER = (
        "other provider, own clock until answered",
        "Perhaps a new treatment at another provider, which has its own clock (3.4.2)",
    )
    OPINION = (
        "for an opinion, no second wait",
        "The organisation that asked keeps the clock; its days are not counted twice (11.2)",
    )
    NOT_REFRESHED = (
        "start taken, of the run before: no newer list came",
        "The organisation sent no list, so nobody has shortened the wait",
    )
    OF_CLOSED_ROW = (
        "start taken, of a row taken off the list",
        "The same need is still listed: taking a duplicate off a list shortens no wait",
    )


class NextStep(Word):
    """What is to be done about a combined row; the first that applies, the gravest first."""

    CHECK_DEATH = (
        "check_death",
        "A death is recorded, of this patient or of one who may be: check before any contact",
    )
    SETTLE_URGENCY = (
        "settle_urgency",
        "One entry says suspected cancer, another routine: settle which is right",
    )
    RELEASE_ONE_TCI = "release_one_tci", "Two admissions are booked for one need: release one"
    CHECK_PERSON = "check_person", "Check with the Spine whether the entries are of one person"
    SETTLE_SIDE = (
        "settle_side",
        "One entry says left, another right: settle which is meant, or whose clock runs",
    )
    SETTLE_PROCEDURE = (
        "settle_procedure",
        "One identifier, two procedures: settle which is meant, or whether both wait",
    )
    ASK_WHETHER_TREATED = (
        "ask_whether_treated",
        "Ask the other organisation and the patient whether this has been treated there",
    )
    CONFIRM_WHO_TREATS = "confirm_who_treats", "Confirm with both organisations which treats"
    ASK_PATIENT = (
        "ask_patient",
        "Ask the patient whether these are one need, and where to be treated",
    )
    CONFIRM_ONE_NEED = (
        "confirm_one_need",
        "The organisation looks whether these entries of its list are one need",
    )
    RELEASE_ONE_APPOINTMENT = (
        "release_one_appointment",
        "Appointments are booked at two organisations for one need: release one",
    )
    CORRECT_START = "correct_start_date", "Correct the clock start at these organisations"
    MOVE_TO_ACTIVE = (
        "move_to_active_list",
        "Planned care is overdue: move it to an active list with a clock, or close one",
    )
    CHECK_CONTACT = (
        "check_contact_details",
        "Entries of the patient state different contact details: check with the patient which hold",
    )
    NOTHING = "nothing_to_do", "Nothing to settle between entries"


class TreatingReason(Word):
    """Why an organisation is proposed as the one that treats."""

    ONLY_LISTED = "only_listed", "Only this organisation lists the need"
    ADMISSION_BOOKED = "admission_booked", "Only this organisation has an admission booked"
    DECISION_TO_ADMIT = "decision_to_admit", "Only this organisation has decided to admit"
    SENT_ON = "sent_on", "All others have sent the pathway on (status 21)"
    ACCEPTED = "accepted", "Another entry names this organisation as the one that accepted"
    AGREEMENT = "agreement", "An agreement in merge.toml says that it treats"
    TWO_BOOKED = "two_booked", "Several have an admission booked: none is proposed"
    NOT_TOLD = "not_told", "Nothing tells them apart: none is proposed"


class Event(Word):
    """What happened on a pathway, or is to happen; events of one day are told in this order."""

    FIRST_REFERRAL = (
        "first_referral",
        "The first organisation received the referral, as another one states it",
    )
    REFERRAL = "referral", "This organisation received the referral"
    CLOCK_START = "clock_start", "The clock start that this organisation reports"
    ATTENDED = "attended", "Last attended"
    DID_NOT_ATTEND = "did_not_attend", "Last appointment not attended"
    CANCELLED = "cancelled", "Last cancellation"
    DECISION_TO_ADMIT = "decision_to_admit", "Decision to admit"
    TRANSFER_OUT = (
        "transfer_out",
        "Sent on to another organisation: the stop or removal here, else the day it arrived there",
    )
    TRANSFER_IN = "transfer_in", "This organisation received it after another had"
    CLOCK_STOP = "clock_stop", "The clock stopped"
    REMOVED = "removed", "Removed from the list"
    APPOINTMENT = "appointment", "Next appointment"
    ADMISSION = "admission", "Admission date"
    PLANNED = "planned", "Due date of planned care"


class Gain(Word):
    """What one list shows that several do not."""

    DUPLICATES = "duplicates", "Entries that are the same need as the one shown"
    ADMISSION_SLOTS = "admission_slots", "Admissions booked beyond the first for one need"
    APPOINTMENT_SLOTS = "appointment_slots", "Appointments booked beyond the first for one need"
    PEOPLE_IN_TWO_PLACES = (
        "people_in_two_places",
        "Patients who wait at two organisations, for whatever they wait",
    )
    LONGER_WAITS = (
        "longer_waits",
        "Needs that wait longer than this organisation reports: another states an earlier start",
    )
    TREATED_ELSEWHERE = (
        "treated_elsewhere",
        "Needs that wait though another organisation stopped the clock: to be asked",
    )


class Change(Word):
    """What is different from the run before; the gravest first."""

    UNACCOUNTED = "unaccounted", "Its last entry left, and nothing says what became of the patient"
    START_LATER = "start_later", "A clock start moved to a later day: a shorter wait"
    TCI = "tci_changed", "An admission date was booked, moved or taken away"
    START_EARLIER = "start_earlier", "A clock start moved to an earlier day, or is known now"
    DUPLICATED = "newly_duplicated", "Newly beside other entries of one need"
    DECIDED = "decided", "People have decided since the run before"
    MERGED = "ids_merged", "Two ids have become one"
    SPLIT = "id_split", "One id has become two"
    GONE = "gone", "No longer listed, and how that is explained"
    CLOSED = "closed", "Still sent, no longer waiting"
    REOPENED = "reopened", "Waits again"
    RETURNED = "returned", "Listed again after it had left"
    NEW = "new", "Listed for the first time"
    NOT_REFRESHED = "not_refreshed", "An organisation sent no newer list: nothing of it is gone"
    MODEL = (
        "model_changed",
        "Patients were compared by another model, or other thresholds, than in the run before",
    )


class Departure(Word):
    """How it is explained that an entry no longer waits."""

    CLOCK_STOPPED = "clock_stopped", "The organisation reports a clock stop, with its code"
    TREATED = "treated", "Removed as admitted, by the national reason for removal 1 or 2"
    DIED = "died", "A death is recorded"
    STILL_LISTED = "still_listed", "The same need, certainly, is still listed by another entry"
    MOVED = "moved", "The patient waits on by another entry, under the same identifier"
    AGREED = "agreed", "People recorded that it was to be closed here"
    ANSWERED = "answered", "A person has said what became of the patient"
    UNEXPLAINED = (
        "unexplained",
        "Nothing says why, and nothing that is certainly of the need is listed",
    )


class SurvivorRule(Word):
    """By which rule a value of a combined row is taken from one of several entries."""

    SHOWN = "shown", "The shown entry's own, be it missing"
    SHOWN_FIRST = "shown_first", "The shown entry's, else that of the next entry that has one"
    VERIFIED_FIRST = (
        "verified_first",
        "Of entries with a verified NHS number first; then what most say; then the newest extract",
    )
    MOST_FREQUENT = "most_frequent", "What most entries say; then the newest extract"
    NEWEST = "newest", "Of the newest extract"
    MOST_SPECIFIC = "most_specific", "The longest code; then the shown entry's"
    WITH_PROCEDURE_CODE = (
        "with_procedure_code",
        "Of the entry that gives the procedure code; else of the first that has one",
    )
    AGREED = "agreed", "Only where all entries that say anything say the same"
    EARLIEST = "earliest", "The earliest date"
    LATEST = "latest", "The latest date"
    EARLIEST_TO_COME = "earliest_to_come", "The earliest date that its extract has still to come"
    LATEST_SO_FAR = "latest_so_far", "The latest date up to the run's date"
    OF_EARLIEST_REFERRAL = "of_earliest_referral", "Of the entry that was referred first"
    MOST_URGENT = "most_urgent", "The most urgent of the scale"
    ANY = "any", "True where any entry says so"
    EARLIEST_START = (
        "earliest_start",
        "The earliest clock start that counts; rtt_start_note names those that do not, and why",
    )
    NOT_REFRESHED = (
        "not_refreshed",
        "The value of the run before, of an organisation that sent no newer list",
    )
    OF_CLOSED_ROW = (
        "of_closed_row",
        "The clock start of an entry that was taken off its list while the need is still listed",
    )


class Fault(Word):
    """Why a finding was made: one code for each kind of data-quality fault."""

    NOT_A_PERSON_ROW = "not_a_person_row", "A title, total, blank line or repeated header"
    INCOMPLETE = "incomplete", "Too little could be read of this row; it stays on the list"
    RAGGED_ROW = "ragged_row", "More or fewer cells than the header"
    UNMAPPED_COLUMN = "unmapped_column", "A column that was not recognised and is not used"
    DUPLICATE_COLUMN = "duplicate_column", "A second column for one field; the better one was used"
    AMBIGUOUS_COLUMN = "ambiguous_column", "A column that could be two things"
    SHEET_CHOSEN = "sheet_chosen", "One of several sheets was read"
    ENCODING_GUESSED = (
        "encoding_guessed",
        "Text that is neither UTF-8 nor Windows-1252 throughout; read as it makes most sense",
    )
    ORGANISATION_UNKNOWN = (
        "organisation_unknown",
        "It is not said whose list it is; a merge needs to know",
    )
    DIGITS_LOST = "digits_lost", "An identifier in scientific notation: its digits are gone"
    SAME_FILE_TWICE = "same_file_twice", "The same bytes were given twice; read once"
    EXTRACT_OLDER = "extract_older", "The extract is older than the run's date"
    NOT_UNDERSTOOD = "not_understood", "A value that could not be read as this field"
    PLACEHOLDER = "placeholder", "A stand-in for a missing value; treated as missing"
    REPAIRED = "repaired", "A value that was read after a small repair"
    CHECK_DIGIT = "check_digit", "An NHS number that fails its check digit"
    OTHER_NUMBER_KIND = "other_number_kind", "A Scottish, Northern Irish, Irish or test number"
    UNKNOWN_CODE = "unknown_code", "A code that is in no national list"
    DATE_ORDER_ASSUMED = "date_order_assumed", "No value shows day or month first; read day first"
    DATE_ORDER_MIXED = "date_order_mixed", "Values that fit only the other date order"
    CENTURY_ASSUMED = "century_assumed", "A two-digit birth year that fits two centuries"
    DATE_IMPOSSIBLE = "date_impossible", "A date outside what this field can hold"
    DATE_IN_FUTURE = "date_in_future", "A date after the census that cannot be in the future"
    PRIORITY_UNCLEAR = "priority_unclear", "A bare digit that could be two scales"
    SIDE_CONFLICT = "side_conflict", "The side column and the procedure disagree"
    STATE_CONFLICT = "state_conflict", "Status and list contradict each other; kept on the list"
    WAIT_DIFFERS = "wait_differs", "The extract's own wait differs from the one computed"
    CLOCK_START_MISSING = "clock_start_missing", "No clock start; reported as unknown"
    CLOCK_AFTER_CENSUS = "clock_after_census", "The clock starts after the census date"
    DATES_OUT_OF_ORDER = "dates_out_of_order", "Dates that contradict each other"
    TCI_IN_PAST = "tci_in_past", "An admission date that has passed"
    LEADING_ZERO_LOST = "leading_zero_lost", "A code that lost its leading zero; restored"
    ORGANISATION_ALIAS = (
        "organisation_alias",
        "A code of a merged organisation; read as its successor",
    )
    PLANNED_OVERDUE = "planned_overdue", "Planned and past its due date"
    BOTH_SIDES_OPEN = "both_sides_open", "Both sides waiting with open clocks at once"
    PERIODS_OVERLAP = (
        "periods_overlap",
        "One pathway has a period that stopped after the next one had started",
    )
    DECEASED = "deceased", "A death is recorded for this patient: check before contact"
    DECEASED_PERHAPS = (
        "deceased_perhaps",
        "A death is recorded of what is only probably this patient: settle who before contact",
    )
    POSTPONED_WITH_TCI = "postponed_with_tci", "P5 or P6 with an admission date"
    TEST_PATIENT = "test_patient", "Named like a test patient; kept until a person says so"
    STRAY_QUOTE = "stray_quote", "A quotation mark that is never closed; read as text"
    CODE_FROM_TEXT = (
        "code_from_text",
        "A procedure code that was found in the procedure text, not sent as one",
    )
    CANCER_IN_WORDS = (
        "cancer_in_words",
        "Suspected cancer, read in the words of this column and stated in none of its own",
    )
    CENSUS_UNKNOWN = (
        "census_unknown",
        "It is not said of which day the list is; a merge needs to know",
    )
