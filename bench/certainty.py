"""what certainty costs: from the key in Neovim, its host warm, to the prompt at the model, beside paste-and-Enter"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from bench import claude, editor, programs
from bench.claude import Claude
from bench.editor import SEND, Editor
from bench.figures import Figure, figure, interleaved
from offline import world

ROUNDS = 100
BUDGET = 1.4


def measure() -> list[Figure]:
    return [figure for name in programs.TMUXES for figure in _measure(name)]


def _measure(name: str) -> list[Figure]:
    with world.opened("bench", programs.with_tmux(name)) as here:
        seat = here.server.new_pane(["sleep", "6000"], cwd=here.project).id
        ours, other = claude.guarded(here, seat), claude.by_hand(here)
        texts = (f"number {number}: {'x' * 50}" for number in itertools.count())
        with editor.opened(here, seat) as keys:
            tmux = [str(here.programs.tmux), "-u", "-S", str(here.server.socket)]
            blind = {one.pane.id: keys.bind_blind(one.pane.id, *tmux) for one in (ours, other)}
            takers = {
                "ours": lambda: press(keys, SEND, ours, texts),
                "blind": lambda: press(keys, blind[ours.pane.id], ours, texts),
                "no gate": lambda: press(keys, blind[other.pane.id], other, texts),
            }
            times = interleaved(ROUNDS, takers)
            keys.wait_for_outcomes(ROUNDS + 1)
    raw = {"a blind send": ("blind", BUDGET), "a blind send without a gate": ("no gate", None)}
    return [
        figure("certainty", f"beside {words}, {name}", "ratio", times["ours"], raw=times[which], budget=budget)
        for words, (which, budget) in raw.items()
    ]


def press(keys: Editor, key: str, to: Claude, texts: Iterator[str]) -> float:
    """Milliseconds from the key to the model; back when the pane is idle again, and a send of ours has its outcome."""
    text = next(texts)
    keys.write(text)
    ended = len(keys.outcomes())
    pressed = keys.press(key)
    if key == SEND:
        keys.wait_for_outcomes(ended + 1)
    took = (to.arrival(text) - pressed) / 1e6
    to.settle()
    return took
