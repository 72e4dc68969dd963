"""Which links are told of a match, and what does each say?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from waitlist_merge.categories import python_texts
from waitlist_merge.patients.explain import explanations
from waitlist_merge.patients.grouping import REFUSALS, Edges
from waitlist_merge.patients.levels import is_level
from waitlist_merge.patients.obeyed import Ruled, joins_of
from waitlist_merge.patients.scoring import Scored
from waitlist_merge.patients.vetoes import (
    COMPATIBLE_GIVEN,
    VETOES,
    share_a_number,
)
from waitlist_merge.reasons import Confidence, PatientRelation, Veto

LINK_COLUMNS = ("a", "b", "relation", "joins", "confidence", "veto", "weight", "explanation")
"""The columns of the table of links."""

CERTAIN, PROBABLE, POSSIBLE = SURE = tuple(Confidence)


def strongest_asked(
    edges: Edges, groups: NDArray[np.int32], refusal: NDArray[np.int8], told: Ruled | None
) -> NDArray[np.int64]:
    """All joined pairs, and of two groups in doubt the one strongest pair, in order of strength.

    Of two groups that people keep apart, the pairs that they have spoken of.
    """
    one, other = groups[edges.a], groups[edges.b]
    order = np.lexsort((edges.b, edges.a, edges.rank, -edges.weight))
    always = one == other
    if told is not None:
        always |= told.apart
        order = order[(always | ~told.quiet(one, other, refusal))[order]]
    pairs = np.minimum(one, other).astype(np.int64) * len(groups) + np.maximum(one, other)
    pairs[always] = -1
    repeated = pd.Series(pairs[order]).duplicated().to_numpy(dtype=bool)
    return np.asarray(order[~repeated | always[order]])


def link_table(
    kept: Scored,
    edges: Edges,
    refusal: NDArray[np.int8],
    groups: NDArray[np.int32],
    told: Ruled | None,
) -> pd.DataFrame:
    """The links as a frame: joined where both ended in one group, asked otherwise."""
    joined = groups[kept.a] == groups[kept.b]
    sure = np.where(_corroborated(kept), SURE.index(CERTAIN), SURE.index(PROBABLE))
    sure[~joined | edges.barred] = SURE.index(POSSIBLE)
    confidence = python_texts(SURE, sure)
    named = python_texts(
        (*VETOES, *REFUSALS), np.where(kept.veto, kept.veto, refusal + len(VETOES))
    )
    why = explanations(kept.levels, kept.parts)
    if told is not None:
        confidence = np.select([told.forced, told.apart], [str(CERTAIN), ""], confidence)
        named = np.select([told.forced & joined, told.apart], ["", str(Veto.DECIDED_APART)], named)
        why = told.explained(why)
    return pd.DataFrame(
        {
            "a": kept.a,
            "b": kept.b,
            "relation": python_texts(
                (PatientRelation.HELD_APART, PatientRelation.SAME_PERSON), joined
            ),
            "joins": joins_of(joined, told),
            "confidence": confidence,
            "veto": named,
            "weight": edges.weight,
            "explanation": why,
        }
    )


def _corroborated(kept: Scored) -> NDArray[np.bool_]:
    """A shared verified identifier, and birth date or name beside it that speak for one person.

    The national trace takes NHS number with birth date as a match (domain 4.1); a number alone, or
    one that another fact speaks against, is only probable.
    """
    levels = kept.levels
    identifier = share_a_number(levels) | is_level(levels, "local_patient_identifier", "same")
    birth = is_level(levels, "birth_date", "exact")
    nearly_born = is_level(levels, "birth_date", "swapped", "close", "one_part")
    given = is_level(levels, "given_name", *COMPATIBLE_GIVEN) | (levels["name_order"] == 1)
    unknown_name = is_level(levels, "given_name", "missing")
    unknown_birth = is_level(levels, "birth_date", "missing")
    family = is_level(levels, "family_name", "exact")
    return np.asarray(
        identifier
        & (
            (birth & (given | unknown_name))
            | (nearly_born & given)
            | (unknown_birth & given & family)
        )
    )
