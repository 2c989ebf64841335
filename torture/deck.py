"""Cards drawn without luck: each kind comes as often as its weight says, in an order of the seed's own."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random


class Deck:
    """Shuffled anew whenever it is used up, so that the rarest kind comes once in every so many draws."""

    def __init__(self, random: Random, weights: Mapping[str, int]) -> None:
        self._random = random
        self._cards = [kind for kind, weight in weights.items() for _ in range(weight)]
        self._left: list[str] = []

    def draw(self) -> str:
        if not self._left:
            self._left = list(self._cards)
            self._random.shuffle(self._left)
        return self._left.pop()
