"""Who hands a need on still says how urgent it is and who referred it (domain 5.2)."""

from __future__ import annotations

import waitlist_merge as wm

NEED = {"PPID": "RM3000012345", "PPID issuer": "RM3"}
SENDER = NEED | {
    "RTT start": "2026-01-01",
    "RTT status": "21",
    "RTT end": "2026-05-20",
    "Suspected cancer": "Y",
    "Priority code": "P2",
    "Referral date": "2025-12-01",
}
RECEIVER = NEED | {"RTT start": "2026-06-10", "RTT status": "20", "Referral date": "2026-06-10"}


def test_a_sender_that_closed_its_row_gives_urgency_and_referral_as_it_gives_the_start(sent):
    lists = [sent("RM3", SENDER), sent("RW3", RECEIVER)]
    result = wm.merge(lists, census_date="2026-11-15")
    [row] = result.combined_list.to_dict("records")
    assert (row["shown_organisation"], row["member_count"]) == ("RW3", 1)
    assert (row["suspected_cancer"], row["priority_code"], row["urgency"]) == (True, "P2", 1)
    assert (str(row["referral_date"])[:10], str(row["rtt_start_date"])[:10]) == (
        "2025-12-01",
        "2026-01-01",
    )
    told = result.provenance.set_index("field")
    assert told.loc["rtt_start_date", "other_values"] == "RW3 2026-06-10"
    assert told.loc["priority_code", "organisation"] == "RM3"


def test_who_was_treated_hands_nothing_on(sent):
    treated = SENDER | {"RTT status": "30"}
    lists = [sent("RM3", treated), sent("RW3", RECEIVER | {"RTT status": "10"})]
    rows = wm.merge(lists, census_date="2026-11-15").combined_list
    assert not rows["suspected_cancer"].any()
