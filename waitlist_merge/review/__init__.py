"""What people are asked: the questions of a run, in order."""

from __future__ import annotations

from waitlist_merge.review.questions import questions as questions
