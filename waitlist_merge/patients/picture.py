"""The parts of a weight as a picture: a waterfall from the prior to the total.

Needs matplotlib (the extra ``charts``). Figures are made without pyplot, so that nothing is shown
or kept open by itself.

>>> shown = waterfall(["before", "same name"], [-16.5, 20.0], weight=3.5, bar=6.0, title="Asked")
>>> [text.get_text() for text in shown.axes[0].get_yticklabels()]
['before', 'same name', 'together']
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

FOR, AGAINST, PRIOR, TOGETHER = "#005eb8", "#c25b00", "#768692", "#212b32"
"""NHS blue, an orange that colour-blind readers tell from it, two greys; signs say the same."""

ROW, HEAD, WIDTH = 0.36, 1.5, 8.5
"""Height of a bar and of all else, and the width, in inches."""

ROOM = 0.1
"""Of the width on either side, for the bits of the longest bar."""

TOGETHER_LABEL = "together"

Bits = NDArray[np.float64]


class Waterfall(Figure):
    """A figure that a notebook shows where it is the last value of a cell."""

    def _repr_png_(self) -> bytes:
        """The picture as a notebook asks for it."""
        picture = BytesIO()
        self.savefig(picture, format="png", dpi=110)
        return picture.getvalue()


def waterfall(
    words: Sequence[str], bits: Sequence[float], *, weight: float, bar: float, title: str
) -> Waterfall:
    """Each part from where the last one ended, the first one the prior; their sum at the foot.

    ``bar`` is the weight that joins two records, drawn as a line across.
    """
    shown = Waterfall(figsize=(WIDTH, HEAD + ROW * (len(words) + 1)), layout="constrained")
    axes = shown.subplots()
    ends = np.cumsum(bits)
    starts = np.append(0.0, ends[:-1])
    colours = [PRIOR, *(FOR if each > 0 else AGAINST for each in bits[1:]), TOGETHER]
    rows = np.arange(len(words) + 1)
    left, long = [*starts, 0.0], [*bits, weight]
    axes.barh(rows, long, left=left, color=colours, height=0.62, zorder=3)
    for row, end in enumerate(ends):
        axes.plot([end, end], [row + 0.31, row + 0.69], color=PRIOR, linewidth=0.8, zorder=2)
    _say_bits(axes, np.asarray(left), np.asarray(long), bar)
    axes.set_yticks(rows, [*words, TOGETHER_LABEL])
    axes.get_yticklabels()[-1].set_fontweight("bold")
    axes.set_ylim(len(words) + 0.6, -0.6)
    _frame(axes, bar)
    axes.set_title(title, loc="left", fontsize=11, pad=22, wrap=True)
    return shown


def _say_bits(axes: Axes, left: Bits, long: Bits, bar: float) -> None:
    """The bits of each bar beside its end, on the side that it grows to, with room for them."""
    reached = np.concatenate([left, left + long, [0.0, bar]])
    low, high = float(reached.min()), float(reached.max())
    room = ROOM * (high - low)
    axes.set_xlim(low - room, high + room)
    for row, (start, bits) in enumerate(zip(left, long, strict=True)):
        axes.annotate(
            f"{bits:+.1f}".replace("-", "\N{MINUS SIGN}"),
            (start + bits, row),
            xytext=(4 if bits >= 0 else -4, 0),
            textcoords="offset points",
            ha="left" if bits >= 0 else "right",
            va="center",
            fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            zorder=4,
        )


def _frame(axes: Axes, bar: float) -> None:
    """Zero, the line that joins, what is measured; nothing that says nothing."""
    axes.axvline(0, color=PRIOR, linewidth=1.2, zorder=1)
    axes.axvline(bar, color=TOGETHER, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    axes.annotate(
        f"joins from {bar:g}",
        (bar, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        fontsize=9,
    )
    axes.set_xlabel("bits of evidence: each doubles the odds that the two are one person")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#e8edee", zorder=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
