"""A pane as delivery needs it, played by a few rules; and a clock that only moves when somebody waits.

The fake keeps the promises `target.Target` makes, and breaks the test when delivery breaks its own: keys without the
locks, keys after a dialog was seen, a write before its step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from llm_send.claude.screen import Screen, mode_words
from llm_send.claude.transcript import Queued, Ran
from llm_send.panes import State
from llm_send.target import BACKSPACE, CLEAR_KEYS, CLEAR_LINE, ENTER, ESCAPE, SHIFT_TAB, STASH, Look, Parcel, Sign

UNTOUCHABLE = ("waiting", "shell", "suspended", "gone", "unknown")
CYCLE = ("plan", "default", "acceptEdits")
PASTE = b"\x1b[200~"
KEYS = {
    ENTER: "enter",
    SHIFT_TAB: "tab",
    STASH: "stash",
    ESCAPE: "escape",
    CLEAR_KEYS: "clear",
    CLEAR_LINE: "clear_line",
    BACKSPACE: "backspace",
}
STEPS = {"enter": "enter", "tab": "mode", "paste": "paste", "stash": "stash", "escape": "paste"}


class FakeClock:
    """Never sleeps. Things can be made to happen at a later time; a delivery that never ends fails."""

    def __init__(self) -> None:
        self.time = 0.0
        self.later: list[tuple[float, Callable[[], object]]] = []

    def now(self) -> float:
        return self.time

    def pause(self, seconds: float) -> None:
        assert seconds > 0, "waiting without waiting"
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        self.time += seconds
        assert self.time < 600, "the delivery never ends"
        for entry in sorted((entry for entry in self.later if entry[0] <= self.time), key=lambda entry: entry[0]):
            self.later.remove(entry)
            entry[1]()

    def after(self, seconds: float, do: Callable[[], object]) -> None:
        self.later.append((self.time + seconds, do))


class FakePane:
    """One Claude. Public fields are set by a test, before or while the delivery runs."""

    name, guarded = "claude-plan", True

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.lock: str | None = "plan"
        self.state: State = "idle"
        self.mode: str | None = "plan"
        self.configured: str | None = None  # the mode the person vouches for
        self.real_mode: str | None = None  # where the footer has not followed yet
        self.box = ""
        self.shell_mode = self.hook_running = self.stopped = False
        self.hint = False  # something stands where the footer has the mode's words
        self.undrawn = False  # the box is there, the footer is not
        self.hides_words = self.hides_turn = False  # what text in the box keeps from being seen
        self.pending = 0
        self.ending = False  # its hooks have reported the end of the turn
        self.reported: object = None  # by hooks, in a pane that has some
        self.refusal: str | None = None  # what every write answers
        self.keys_free = True
        self.stash: str | None = None
        self.stashes = self.pops = True  # whether Ctrl+S works, and whether a draft comes back after a submit
        self.on: dict[str, Callable[[], object]] = {}  # at a step, or right before keys: paste, enter, tab, clear
        self.lost_enters = 0  # Enters that do nothing
        self.other_hook = False  # another hook blocks what ours let through
        self.silent = False  # the gate lets it through and nothing follows
        self.back_after = 0.1  # seconds until a blocked text stands in the box again
        self.shows: Callable[[str], str] = lambda text: text  # what a paste looks like in the box
        self.picker = False  # a list is open above the box; Escape closes it
        self.closes = True  # whether Escape does that
        self.clears = True  # whether many Ctrl+U at once are understood
        self.vim: str | None = None  # the editor mode of the box
        self.choice: str | None = None  # what is selected in it
        self.runs: Callable[[str], Ran | None] = lambda _: None  # what the transcript says of a text that was entered
        self.recorded: list[Ran] = []
        self.waiting: list[Queued] = []  # the steps of Claude's own queue
        self.taken: list[tuple[str, str | None]] = []  # what reached the model: text and mode
        self.writes: list[bytes] = []
        self.looks = 0
        self.steps: list[str] = []
        self.expected: Parcel | None = None
        self.signed = Sign()
        self.seen: list[Look] = []
        self.has_turn = self.has_keys = False
        self.press_tab: Callable[[], object] = self.cycle
        self._pasted = ""
        self._marked = False

    def to(self, **fields: object) -> Callable[[], None]:
        """What changes these fields when it is called."""

        def change() -> None:
            for name, value in fields.items():
                assert hasattr(self, name)
                setattr(self, name, value)

        return change

    @contextmanager
    def turn(self) -> Iterator[None]:
        """What its sender has in hand."""
        self.has_turn = True
        try:
            yield
        finally:
            self.has_turn = False

    @contextmanager
    def keys(self) -> Iterator[bool]:
        assert self.has_turn
        self.has_keys = self.keys_free
        self.seen.clear()  # what was seen before is no news: with the keys in hand it looks again
        try:
            yield self.keys_free
        finally:
            self.has_keys = False

    def look(self) -> Look:
        self.clock.pass_by(0.002)
        self.looks += 1
        shown = self.state in ("idle", "busy")
        state: State = "idle" if self.state == "busy" and self.hides_turn and self.box else self.state
        if self.undrawn:
            state = "unknown"
        hidden = self.hint or self.undrawn or (self.hides_words and self.box)
        screen = Screen(
            "idle" if state == "idle" else "busy" if state == "busy" else "unknown",
            mode=self.mode if shown and not hidden else None,
            box=self.box if shown else None,
            shell_mode=self.shell_mode,
            dialog="Bash command" if self.state == "waiting" else None,
            hook_running=self.hook_running,
            stopped=self.stopped,
            stashed=self.stash is not None,
            picker=self.picker,
            vim=self.vim,
            choice=self.choice if self.picker else None,
            hint=self.hint,
        )
        self.seen.append(Look(state, screen, screen.mode or self.configured, self.pending, ending=self.ending))
        return self.seen[-1]

    def step(self, name: str) -> None:
        self.steps.append(name)
        self.on.get(f"step {name}", bool)()

    def write(self, keys: bytes, words: str | None = None) -> str | None:
        kind = KEYS.get(keys, "paste")
        self.on.get(kind, bool)()
        self.clock.pass_by(0.002)
        assert self.has_turn, f"{kind} without the turn"
        assert self.has_keys, f"{kind} without the keys"
        assert not any(look.state in UNTOUCHABLE for look in self.seen), f"{kind} after {self.seen[-1].state} was seen"
        assert "look" in self.steps, f"{kind} without a claim"
        assert STEPS.get(kind, "see") in self.steps
        if self.refusal:
            return self.refusal
        if self.state in ("shell", "gone"):
            return self.state
        if words and not (self.mode and words == mode_words(self.mode)) and words not in self.drawn():
            return "unknown_screen"
        self.writes.append(keys)
        getattr(self, f"_{kind}")(keys)
        return None

    def drawn(self) -> str:
        """The box as it stands on the screen; a dialog takes it away."""
        return f"{'!' if self.shell_mode else '❯'}\u00a0{self.box}" if self.state in ("idle", "busy") else ""

    def look_ahead(self) -> None:
        assert self.has_turn

    def write_ahead(self, words: str | None = None) -> None:
        """Needs what a write needs."""
        assert self.has_turn
        assert self.has_keys
        assert words in (None, mode_words(self.expected.mode) if self.expected else None)

    def _paste(self, keys: bytes) -> None:
        assert keys.startswith(PASTE)
        assert keys.endswith(b"\x1b[201~")
        assert self.expected, "pasted without telling the gate"
        self._pasted = keys.removeprefix(PASTE).removesuffix(b"\x1b[201~").decode()
        self.box += self.shows(self._pasted)

    def _tab(self, _: bytes) -> None:
        self.press_tab()

    def cycle(self) -> None:
        self.mode = CYCLE[(CYCLE.index(self.mode) + 1) % len(CYCLE)] if self.mode in CYCLE else "plan"

    def _clear(self, _: bytes) -> None:
        self.box = "" if self.clears else self.box

    def _clear_line(self, _: bytes) -> None:
        *kept, last = self.box.split("\n")
        self.box = self.box if kept and not last else "".join(f"{row}\n" for row in kept)

    def _backspace(self, _: bytes) -> None:
        self.box = self.box[:-1]

    def _stash(self, _: bytes) -> None:
        if not self.stashes:
            return
        assert not (self.box and self.stash), "a draft destroyed"
        self.box, self.stash = (self.stash or "", None) if not self.box else ("", self.box)

    def _escape(self, _: bytes) -> None:
        assert self.picker, "Escape where nothing is open"
        self.picker = not self.closes

    def _enter(self, _: bytes) -> None:
        assert self.expected
        assert self._marked, "Enter without a baseline for the evidence"
        if self.box.endswith("\\"):
            self.box += "\n"
            return
        if self.lost_enters:
            self.lost_enters -= 1
            return
        if not self.box or self.state not in ("idle", "busy"):
            return
        if ran := self.runs(self.box):
            self.box, self.picker = "", False
            self.clock.after(0.1, lambda: self.recorded.append(ran))
            return
        if self.state == "busy":
            self._queue()
            return
        text, whole, mode = self.box, self.box == self.shows(self._pasted), self.real_mode or self.mode
        self.box, self.state, self.stopped = "", "busy", False
        verdict = "passed" if whole and mode == self.expected.mode else "blocked_mode" if whole else "blocked_merged"
        self.clock.after(0.03, lambda: self._decided(verdict, text, mode))

    def _queue(self) -> None:
        """A busy Claude: the gate's word at once, then the record."""
        assert self.expected
        text, self.box = self._pasted, ""
        whole = self.mode == self.expected.mode
        self.signed = Sign("passed" if whole else "blocked_mode", "running", self.mode, ("gate",))
        if whole:
            self.clock.after(0.02, lambda: self.waiting.append(Queued("enqueue", text)))
        else:
            self.clock.after(0.1, self.to(box=text, stopped=True))

    def _decided(self, verdict: str, text: str, mode: str | None) -> None:
        self.signed = Sign(verdict, "prompt", mode, ("gate",))
        if verdict != "passed" or self.other_hook:
            self.clock.after(self.back_after, lambda: self._back(text))
        elif not self.silent:
            self.taken.append((self._pasted.rstrip(), mode))
            self.clock.after(0.05, self.follow)
            if self.stash and self.pops:
                self.clock.after(0.1, lambda: self._stash(b""))

    def _back(self, text: str) -> None:
        self.box, self.state, self.stopped = text, "idle", True

    def follow(self) -> None:
        self.signed = Sign("passed", "prompt", self.signed.mode, ("gate", "transcript"), proven=True)

    @contextmanager
    def expect(self, parcel: Parcel) -> Iterator[None]:
        self.expected = parcel
        try:
            yield
        finally:
            self.expected = None

    def mark(self) -> None:
        """Before Enter, and behind the paste."""
        assert self.count(PASTE)
        self._marked = True

    def sign(self, parcel: Parcel) -> Sign:
        assert parcel is self.expected
        return self.signed

    def ran(self) -> list[Ran]:
        return self.recorded

    def queued(self) -> list[Queued]:
        return self.waiting

    def settle_pending(self) -> None:
        self.pending = 0

    def news(self) -> object:
        return self.reported

    def count(self, keys: bytes) -> int:
        return sum(each.startswith(keys) for each in self.writes)
