"""Names as people bear them, without the noise that systems put around them."""

from __future__ import annotations

from waitlist_merge.normalise.name_forms import comparison_form

__all__ = ["comparison_form"]
