"""Is this the same input as last time? A digest of what each organisation sent.

It is of what the rows say and of the day that they describe, whatever the files are called and in
which order the rows stand.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd

from waitlist_merge.ranks import content_ranks
from waitlist_merge.schema import CANONICAL


def digests(entries: pd.DataFrame) -> dict[str, str]:
    """One SHA-256 for each organisation of these typed entries.

    >>> one = pd.DataFrame({"organisation": ["RM3"], "extract_census_date": ["2026-11-15"]})
    >>> digests(one) == digests(one.copy()), len(digests(one)["RM3"])
    (True, 64)
    """
    content = [name for name in (*CANONICAL, "extract_census_date") if name in entries]
    ranks = content_ranks(entries[content])
    organisation = entries["organisation"].astype("category")
    found = {}
    for code, name in enumerate(organisation.cat.categories):
        own = np.sort(ranks[organisation.cat.codes == code])
        if own.size:
            found[str(name)] = hashlib.sha256(own.tobytes()).hexdigest()
    return found
