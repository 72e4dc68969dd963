"""The public surface: what `import waitlist_merge` offers, and nothing by accident."""

from __future__ import annotations

import types

import waitlist_merge as wm


def test_all_is_what_is_there():
    public = sorted(
        name
        for name, value in vars(wm).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    )
    listed = [name for name in wm.__all__ if not name.startswith("_")]
    assert sorted({*public, *listed} - {"annotations"}) == sorted(listed)
    assert wm.__all__ == sorted(wm.__all__)


def test_every_public_name_is_documented():
    for name in wm.__all__:
        if not name.startswith("_"):
            assert getattr(wm, name).__doc__, name
