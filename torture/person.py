"""The person at one pane: what they say and type, how they answer, and what they find of their half-written texts.

They never approve anything, so whatever is approved was approved by somebody else.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from llm_send.claude.screen import Screen
from tests.rig.tmux import Pane
from tests.rig.wait import wait_until
from torture.arrivals import Arrivals, tag_in
from torture.stage import is_ready, look

NO = re.compile(r"^\W*(\d)\. No", re.MULTILINE)
STILL = 4  # looks that show the same
CLEAR = ["C-u"] * 40


@dataclass(frozen=True)
class Draft:
    """A text half written, and how the box showed it."""

    text: str
    shown: str


@dataclass
class Person:
    """`own` is what they submitted. `drafts` is what they have half written and expect to find again."""

    pane: Pane
    arrivals: Arrivals
    own: list[str] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    asked_since: float | None = None

    def submit(self, text: str) -> None:
        """A prompt of theirs; back when it is at the model."""
        self.ready()
        self.pane.paste(text)
        self.shows(lambda seen: bool(seen.box))
        self.own.append(text)
        self.enter(text)

    def enter(self, text: str) -> None:
        self.pane.press("Enter")
        self.arrives(text)

    def arrives(self, text: str) -> None:
        wait_until(lambda: self.arrivals.has(tag_in(text)), 10, show=self.pane.report)

    def says(self, text: str) -> bool:
        """A prompt of theirs just now, whatever goes on, if the box is empty."""
        if not is_ready(self.pane) or self._scrolls():
            return False
        self.own.append(text)
        self.pane.paste(text)
        with suppress(AssertionError):
            self.shows(lambda seen: bool(seen.box), 2)
        self.enter(text)
        return True

    def ready(self, deadline: float = 15) -> None:
        wait_until(lambda: is_ready(self.pane), deadline, show=self.pane.report)

    def shows(self, holds: Callable[[Screen], object], deadline: float = 10) -> Screen:
        """The screen once it is as it must be and stands still."""
        seen: list[Screen] = []

        def still() -> bool:
            seen.append(look(self.pane))
            return bool(holds(seen[-1])) and seen[-STILL:] == seen[-1:] * STILL

        wait_until(still, deadline, show=self.pane.report)
        return seen[-1]

    def drafts_it(self, text: str) -> None:
        """Begin to write, with all the time there is."""
        self.ready()
        self.pane.paste(text)
        words = text.split("\n")[0][:20]
        seen = self.shows(lambda seen: words in (seen.box or "") or "[Pasted text" in (seen.box or ""))
        self.drafts.append(Draft(text, seen.box or ""))

    def types(self, text: str) -> bool:
        """Begin to write just now, whatever goes on; not where the keys would answer something."""
        seen = look(self.pane)
        if seen.state not in ("idle", "busy") or seen.box is None or seen.shell_mode or self._scrolls():
            return False
        self.pane.type(text)
        self.drafts.append(Draft(text, text))
        return True

    def _scrolls(self) -> bool:
        """In copy-mode, where keys mean something else."""
        with suppress(RuntimeError):
            return self.pane.value("#{pane_in_mode}") != "0"
        return True

    def mode_key(self) -> bool:
        seen = look(self.pane)
        if seen.state != "idle" or seen.box is None or self._scrolls():
            return False
        self.pane.press("BTab")
        return True

    def bring_to(self, mode: str) -> None:
        """Shift+Tab until the footer says so."""
        for _ in range(8):
            seen = self.shows(lambda seen: seen.mode is not None)
            if seen.mode == mode:
                return
            before = seen.mode
            self.pane.press("BTab")
            with suppress(AssertionError):
                self.shows(lambda seen, before=before: seen.mode not in (None, before), 2)  # type: ignore[misc]

    def answers(self, patience: float) -> bool:
        """Say no to a dialog that has stood for so many seconds. Whether one stands."""
        seen = look(self.pane)
        if seen.state != "waiting":
            self.asked_since = None
            return False
        self.asked_since = self.asked_since or time.monotonic()
        if time.monotonic() - self.asked_since >= patience:
            number = NO.search(self.pane.screen())
            self.pane.press(number[1] if number and int(self.asked_since * 1000) % 2 else "Escape")
            with suppress(AssertionError):
                wait_until(lambda: look(self.pane).state != "waiting", 2)
            self.asked_since = None
        return True

    def clears(self) -> None:
        """An empty box, out of shell mode."""
        self.pane.press(*CLEAR, "BSpace", "BSpace")
        if look(self.pane).box:  # an empty last row stops Ctrl+U in old versions
            self.pane.press("BSpace", *CLEAR)
        with suppress(AssertionError):
            wait_until(lambda: look(self.pane).empty_box, 3)

    def finds_drafts(self) -> str | None:
        """Look for all that was half written: in the box, then in the stash. What is wrong; the box is empty then."""
        drafts, self.drafts = self.drafts, []
        seen = self.shows(lambda seen: seen.box is not None)
        if len(drafts) == 1 and seen.box == drafts[0].shown and not seen.shell_mode:
            return self._sends_on(drafts[0])
        there = seen.box or ""
        if not seen.empty_box:
            self.clears()
        if look(self.pane).stashed:
            self.pane.press("C-s")
            with suppress(AssertionError):
                self.shows(lambda seen: bool(seen.box), 3)
            there += look(self.pane).box or ""
            self.clears()
        there += _stopped(self.pane.screen())
        lost = [draft.text for draft in drafts if _packed(draft.shown) not in _packed(there)]
        return f"a draft is lost or altered: {lost!r}; in the box and the stash: {there!r}" if lost else None

    def _sends_on(self, draft: Draft) -> str | None:
        """It stands there as it was: sent, it must reach the model byte for byte, which the judge sees."""
        if draft.text.startswith("!"):
            self.clears()
            return None
        self.own.append(draft.text)
        try:
            self.enter(draft.text)
        except AssertionError as error:
            self.own.remove(draft.text)
            return f"a draft that stands in the box cannot be sent: {draft.text!r}\n{error}"
        return None


def _stopped(screen: str) -> str:
    """What a hook has stopped: where somebody types on just then, Claude keeps it there and not in the box."""
    return screen.rpartition("Original prompt:")[2] if "Original prompt:" in screen else ""


def _packed(text: str) -> str:
    return "".join(text.split())
