"""Identifiers of persons, pathways and bookings, and which of them can be compared."""

from __future__ import annotations

from waitlist_merge.normalise.nhs_numbers import (
    check_digit_holds,
    nhs_number_kind,
    read_nhs_numbers,
    with_check_digit,
)

__all__ = ["check_digit_holds", "nhs_number_kind", "read_nhs_numbers", "with_check_digit"]
