"""What people are asked: the questions of a run, in order, and which of them once more."""

from __future__ import annotations

from waitlist_merge.review.questions import questions as questions
from waitlist_merge.review.states import asked_again as asked_again
