"""a hundred prompts to one idle pane, from one editor and from four senders at once, beside the fastest blind sender"""

from __future__ import annotations

import itertools
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from bench import claude, editor, programs
from bench.claude import Claude
from bench.editor import SEND, Editor
from bench.figures import Figure, figure
from offline import world
from offline.compare import judge, user_texts
from offline.world import World

BURST = 100
TRIAL = 25  # prompts of which a blind sender that is too fast has mostly lost one
FASTEST = 0.1  # seconds between two blind sends, at first
SLOWER = 1.1  # how that grows until nothing is lost
DEADLINE = 120.0  # seconds
# What a person's own loop would be: one text after the other, each once the one before has ended.
SHELL = 'while IFS= read -r line; do printf %s "$line" | llm-send -S "$0" send --pane "$1" || exit 1; done'


def measure() -> list[Figure]:
    return [figure for name in programs.TMUXES for figure in _measure(name)]


def _measure(name: str) -> list[Figure]:
    with world.opened("bench", programs.with_tmux(name)) as here:
        burst = _Burst(here)
        ours = {"one editor": burst.one_editor(), "four senders": burst.four_senders()}
        blind = {"": burst.fastest_blind(burst.guarded), " without a gate": burst.fastest_blind(burst.by_hand)}
    return [
        figure("burst", f"{BURST} from {who}, beside a blind sender{to}, {name}", "ratio", [took], raw=[raw])
        for who, took in ours.items()
        for to, raw in blind.items()
    ]


class _Burst:
    """Times are in milliseconds, from the first send to the last of the texts at the model."""

    def __init__(self, here: World) -> None:
        self.here = here
        self.seat = here.server.new_pane(["sleep", "6000"], cwd=here.project).id
        self.labels = (f"burst {number}," for number in itertools.count())

    def guarded(self) -> Claude:
        return claude.guarded(self.here, self.seat)

    def by_hand(self) -> Claude:
        return claude.by_hand(self.here)

    def one_editor(self) -> float:
        """Presses of which none waits for another."""
        to, label = self.guarded(), next(self.labels)
        texts = _texts(label, BURST)
        with editor.opened(self.here, self.seat) as keys:
            self._warm_up(to, label, keys)
            began = _press(keys, texts)
            return self._ended(to, began, label, [texts], [keys])

    def four_senders(self) -> float:
        """Two editors and two shells, all at once, each with a quarter."""
        to, label = self.guarded(), next(self.labels)
        quarters = [_texts(f"{label} sender {sender}", BURST // 4) for sender in range(4)]
        with ExitStack() as stack:
            editors = [stack.enter_context(editor.opened(self.here, self.seat, name=name)) for name in ("one", "two")]
            for keys in editors:
                self._warm_up(to, label, keys)
            began = time.time_ns()
            for texts in quarters[2:]:
                stack.enter_context(self._shell(to, texts))
            for keys, texts in zip(editors, quarters[:2], strict=True):
                _press(keys, texts)
            return self._ended(to, began, label, quarters, editors)

    def _warm_up(self, to: Claude, label: str, keys: Editor) -> None:
        _press(keys, _texts(f"{label} warm", 1))
        keys.wait_for_outcomes(1)
        to.settle()

    @contextmanager
    def _shell(self, to: Claude, texts: Sequence[str]) -> Iterator[None]:
        argv = ["sh", "-c", SHELL, str(self.here.server.socket), to.pane.id]
        here = self.here.seated_at(self.seat)
        nothing = subprocess.DEVNULL
        with subprocess.Popen(argv, env=here, stdin=subprocess.PIPE, stdout=nothing, stderr=nothing) as shell:
            assert shell.stdin
            shell.stdin.write("".join(f"{text}\n" for text in texts).encode())
            shell.stdin.close()
            yield
            if shell.wait(DEADLINE):
                raise RuntimeError("a shell's send was not delivered")

    def _ended(
        self, to: Claude, began: int, label: str, senders: Sequence[Sequence[str]], editors: Sequence[Editor]
    ) -> float:
        """Waits until all have arrived; raises when not each has, whole, and in its sender's order."""
        took = max(replace(to, read=0).arrival(texts[-1], DEADLINE) for texts in senders) - began
        for keys in editors:
            keys.wait_for_outcomes(len(senders[0]) + 1, DEADLINE)
        to.settle()
        for texts in senders:
            of_all = [text for each in senders for text in each]
            found = judge([text for text in self._arrived(label) if text in texts or text not in of_all], texts)
            if not found.ok:
                raise RuntimeError(f"{found}: {texts[0]}")
        print(f"  ours, {len(senders)} at once: {took / 1e9:.1f} s", flush=True)
        to.end()
        return took / 1e6

    def _arrived(self, label: str) -> list[str]:
        return [text for text in user_texts(self.here.model.log) if label in text and "warm" not in text]

    def fastest_blind(self, start: Callable[[], Claude]) -> float:
        """One that pauses as briefly as it can without losing anything: all arrive, each whole, in order."""
        pause = FASTEST
        while self._blind(start(), pause, TRIAL) is None or (took := self._blind(start(), pause, BURST)) is None:
            pause *= SLOWER
        print(f"  blind, one every {pause * 1000:.0f} ms: {took / 1000:.1f} s", flush=True)
        return took

    def _blind(self, to: Claude, pause: float, count: int) -> float | None:
        """One paste-and-Enter every so many seconds; None when anything was lost."""
        label = next(self.labels)
        texts = _texts(label, count)
        began = time.time_ns()
        for number, text in enumerate(texts):
            time.sleep(max(0.0, began / 1e9 + number * pause - time.time()))  # the pace is what is measured
            self._paste(to, text)
        to.settle()
        whole = judge(self._arrived(label), texts).ok
        took = (to.arrival(texts[-1]) - began) / 1e6 if whole else None
        to.end()
        return took

    def _paste(self, to: Claude, text: str) -> None:
        tmux = [str(self.here.programs.tmux), "-u", "-S", str(self.here.server.socket)]
        paste = ["paste-buffer", "-p", "-d", "-b", "blind", "-t", to.pane.id]
        argv = [*tmux, "load-buffer", "-b", "blind", "-", ";", *paste, ";", "send-keys", "-t", to.pane.id, "Enter"]
        subprocess.run(argv, input=text.encode(), env=self.here.environment, check=True)


def _texts(label: str, count: int) -> list[str]:
    return [f"{label} number {number}: {'x' * 50}" for number in range(count)]


def _press(keys: Editor, texts: Sequence[str]) -> int:
    """The key for each text; when it was first pressed, in unix nanoseconds."""
    pressed = []
    for text in texts:
        keys.write(text)
        pressed.append(keys.press(SEND))
    return pressed[0]
