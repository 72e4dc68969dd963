"""How does a clerk misspell a name? Thousands of names at once, by code points.

A letter after the first is left out, doubled, exchanged with its neighbour or taken for another of
its kind: the errors that leave a name sounding much as before.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

VOWELS = np.array([ord(letter) for letter in "aeiou"], dtype=np.uint32)
CONSONANTS = np.array([ord(letter) for letter in "bcdfghklmnprstvwyz"], dtype=np.uint32)


def misspell(rng: np.random.Generator, names: NDArray[np.object_]) -> NDArray[np.object_]:
    """Each name with one error of typing; never the name itself, never an empty one.

    >>> misspell(np.random.default_rng(2), np.array(["Margaret", "Li"], dtype=object)).tolist()
    ['Marrgaret', 'Lo']
    """
    size = len(names)
    if size == 0:
        return names
    text = names.astype(str)
    width = text.dtype.itemsize // 4 + 1
    letters = text.astype(f"U{width}").view(np.uint32).reshape(size, width)
    length = (letters != 0).sum(axis=1)
    # The first letter is rarely mistyped; in a name of one letter there is nothing else.
    at = np.minimum(1 + (rng.random(size) * np.maximum(length - 1, 1)).astype(np.int64), length - 1)
    at = np.maximum(at, 0)
    row = np.arange(size)
    kind = rng.integers(0, 4, size)
    kind = np.where((kind == 0) & (length < 4), 3, kind)
    kind = np.where((kind == 2) & (at < 2), 3, kind)
    kind = np.where((kind == 2) & (letters[row, at] == letters[row, at - 1]), 1, kind)
    column = np.arange(width)
    behind = column[None, :]
    source = np.select(
        [
            (kind == 0)[:, None] & (behind >= at[:, None]),
            (kind == 1)[:, None] & (behind > at[:, None]),
        ],
        [behind + 1, behind - 1],
        behind,
    )
    swap = np.flatnonzero(kind == 2)
    source = np.broadcast_to(source, (size, width)).copy()
    source[swap, at[swap]], source[swap, at[swap] - 1] = at[swap] - 1, at[swap]
    typed = np.take_along_axis(letters, np.minimum(source, width - 1), axis=1)
    other = np.flatnonzero(kind == 3)
    typed[other, at[other]] = _another_letter(rng, letters[other, at[other]])
    return typed.reshape(-1).view(f"U{width}").astype(object)


def _another_letter(rng: np.random.Generator, letters: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """A vowel for a vowel, a consonant for anything else; never the same."""
    size = len(letters)
    vowel = VOWELS[rng.integers(0, len(VOWELS), size)]
    vowel = np.where(vowel == letters, VOWELS[(np.searchsorted(VOWELS, vowel) + 1) % 5], vowel)
    consonant = CONSONANTS[rng.integers(0, len(CONSONANTS), size)]
    after = CONSONANTS[(np.searchsorted(CONSONANTS, consonant) + 1) % len(CONSONANTS)]
    consonant = np.where(consonant == letters, after, consonant)
    return np.where(np.isin(letters, VOWELS), vowel, consonant).astype(np.uint32)
