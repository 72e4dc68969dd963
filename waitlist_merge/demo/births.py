"""Which wrong birth date is typed? By the kinds and shares met in practice.

The shares are those of 624 birth dates that differ between two NHS record systems for one NHS
number (``empirical_error_rates.csv``: CRATE, RiO against SystmOne).
"""

from __future__ import annotations

import numpy as np

from waitlist_merge.demo.draw import Days, Ints, choose

KINDS: tuple[tuple[str, float], ...] = (
    ("day by 1", 0.119),
    ("day by 2", 0.066),
    ("day otherwise", 0.254),
    ("month by 1", 0.103),
    ("month by 2", 0.053),
    ("month otherwise", 0.120),
    ("year by 1", 0.088),
    ("year by 2", 0.029),
    ("year otherwise", 0.101),
    ("day and month swapped", 0.005),
    ("two parts or more", 0.062),
)
"""Kinds of error and their shares; the first nine change one part only."""

_DAY, _MONTH = np.timedelta64(1, "D"), np.timedelta64(1, "M")


def mistyped(rng: np.random.Generator, births: Days, *, no_later_than: Days) -> Days:
    """Each birth date with one error; a real calendar day, not after ``no_later_than``.

    >>> some = np.full(3, np.datetime64("1980-05-17"))
    >>> wrong = mistyped(np.random.default_rng(0), some, no_later_than=some + 9999)
    >>> (wrong != some).all()
    np.True_
    """
    size = len(births)
    kind = choose(rng, [share for _, share in KINDS], size)
    month = births.astype("datetime64[M]")
    day = (births - month).astype(np.int64) + 1
    number = month.astype(np.int64)
    step = np.where(rng.random(size) < 0.5, 1, -1)
    size_of_step = np.select([np.isin(kind, [0, 3, 6]), np.isin(kind, [1, 4, 7])], [1, 2], 0)
    far = rng.integers(3, 6, size)
    move = step * np.where(size_of_step > 0, size_of_step, far)
    new_day = np.where(kind <= 2, (day - 1 + move) % 28 + 1, day)
    of_year, year = number % 12, number // 12
    new_month = np.where((kind >= 3) & (kind <= 5), (of_year + move) % 12, of_year)
    tens = np.where((kind == 8) & (rng.random(size) < 0.5), 10 * step, move)
    new_year = np.where((kind >= 6) & (kind <= 8), year + tens, year)
    swapped = (kind == 9) & (day <= 12) & (day != of_year + 1)
    new_day, new_month = (
        np.where(swapped, of_year + 1, new_day),
        np.where(swapped, day - 1, new_month),
    )
    several = (kind == 10) | ((kind == 9) & ~swapped)
    new_day = np.where(several, (day + 6) % 28 + 1, new_day)
    new_month = np.where(several, (of_year + far) % 12, new_month)
    typed = _calendar(new_year * 12 + new_month, new_day)
    # A typed date after the referral would have been refused; an earlier day of the month was.
    late = (typed > no_later_than) | (typed == births)
    return np.where(late, births - far.astype("timedelta64[D]"), typed)


def _calendar(month: Ints, day: Ints) -> Days:
    """The day of these months since 1970, drawn back to the month's last where it has fewer."""
    first = month.astype("datetime64[M]")
    last = (first + _MONTH).astype("datetime64[D]") - _DAY
    typed = first.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    return np.asarray(np.minimum(typed, last))
