"""A pane at which senders die: what must be true of each text afterwards, and of what the person had written there."""

from __future__ import annotations

import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from llm_send.actions.resolve_send import ResolveRequest, resolve_send
from llm_send.actions.result import SendResult
from llm_send.history import Send, new_send
from llm_send.modes import Mode
from llm_send.panes import Pane
from llm_send.rules import digest
from offline.compare import judge, normal
from tests.rig.dying import TRANSITIONS, Dying
from tests.rig.scene import Scene
from tests.rig.wait import wait_until


def fate(before: str) -> str:
    """What has become of a text whose sender was killed right before this: `unknown` to the history, it `waits`, it
    is `unsent` (at most pasted), it is `sent` and nobody has written so, or it is `delivered`."""
    at = TRANSITIONS.index(before)
    ends = {"unknown": "begin", "waits": "step paste", "unsent": "keys enter", "sent": "settle"}
    return next((name for name, last in ends.items() if at <= TRANSITIONS.index(last)), "delivered")


def pasted(before: str) -> bool:
    """Whether its text had gone to the pane."""
    return TRANSITIONS.index(before) >= TRANSITIONS.index("given paste")


def left_behind(before: str) -> bool:
    """Whether its text stands in the box then."""
    return fate(before) == "unsent" and pasted(before)


@dataclass
class Deathbed:
    """A pane in plan mode, the senders that die there, and the texts that have to arrive."""

    scene: Scene
    pane: Pane
    place: Path
    certain: list[str] = field(default_factory=list)

    def dying(self, before: str, how: str = "kill") -> Dying:
        folder = self.place / "dying" / f"{len(list(self.place.glob('dying/*')))} {before}"
        folder.parent.mkdir(exist_ok=True)
        return Dying(folder, before, how)

    def command(self, dying: Dying, text: str) -> subprocess.Popen[bytes]:
        """A command line that sends the text."""
        argv = ["cli", "-S", str(self.scene.server.socket), "send", "--pane", self.pane.id]
        return dying.start(*argv, environment=self.scene.ctx.environment, text=text)

    def whole(self, text: str) -> Dying:
        """A command that nobody kills; what it does."""
        dying = self.dying("never")
        self.command(dying, text).wait(60)
        assert self.in_the_end(text) == "delivered", self.row(text)
        self.certain.append(text)
        return dying

    def kill(self, before: str, text: str) -> None:
        """A command that sends the text is killed there; what is known of it at once is true."""
        dying = self.dying(before)
        assert self.command(dying, text).wait(60) == -signal.SIGKILL, dying.events()
        self.look_at_once(before, text)

    def look_at_once(self, before: str, text: str) -> None:
        row, what = self.row(text), fate(before)
        if row is None:
            assert what == "unknown"
        elif what == "delivered":
            assert row.outcome == "delivered"
        else:
            assert row.outcome is None
            assert row.free == (what == "waits"), row

    def row(self, text: str) -> Send | None:
        found = [row for row in self.scene.ctx.history.recent(1000) if row.text == normal(text)]
        assert len(found) <= 1
        return found[0] if found else None

    def held(self, text: str) -> bool:
        """Whether its sender waits for its turn."""
        row = self.row(text)
        return bool(row and row.step == "waiting")

    def outcome(self, text: str) -> str | None:
        row = self.row(text)
        return row.outcome if row else None

    def in_the_end(self, text: str) -> str | None:
        """How it has ended, looked at once more where that was not known at once: the machine may be busy."""
        row = self.row(text)
        if row and row.outcome == "unconfirmed":
            return resolve_send(self.scene.ctx, ResolveRequest(row.id)).outcome
        return row.outcome if row else None

    def queue(self, text: str) -> None:
        """It waits in the pane's queue."""
        row, send = self.scene.live(self.pane).row, new_send(text, digest(text), mode="plan", now=time.time())
        self.scene.ctx.history.begin(send)
        folder = self.scene.folder(self.pane)
        self.scene.ctx.history.enqueue(
            send.id, server=row.socket, pane=row.id, name=row.name, pid=row.pid, folder=folder
        )

    def send(self, text: str) -> SendResult:
        """Somebody else's next text."""
        return self.scene.send(text, Mode.PLAN)

    def next(self, text: str) -> None:
        """It goes through."""
        result = self.send(text)
        assert self.in_the_end(text) == "delivered", (result.message, self.screen())
        self.certain.append(text)

    def after(self, before: str, text: str, *, looked: bool = True) -> None:
        """The end of a text whose sender was killed there, once another has come by, and has looked at the pane."""
        row, what = self.row(text), fate(before)
        if what == "unknown":
            assert row is None
            return
        assert row
        if before == "given mode" and (row.outcome, row.reason) == ("refused", "mode_drift"):
            # The dead one's Shift+Tab came to Claude when the next had pressed its own: said, and nothing is lost.
            self.next(f"{text}, again")
            return
        if what in ("waits", "delivered"):
            assert self.in_the_end(text) == "delivered", row
        else:
            assert (row.outcome, row.reason) == ("unconfirmed", None), row
            assert "ended" in str(row.message)
        if what == "unsent":
            assert ("in the box of claude-plan" in str(row.message)) == (pasted(before) and looked), row
            assert ("before Enter" in str(row.message)) == (before != "keys enter")
        else:
            self.certain.append(text)

    def judge(self) -> None:
        """Each text that has to be there is in the log once, and no other."""
        wait_until(lambda: len(self.scene.arrived()) >= len(self.certain), deadline=30, show=self.screen)
        arrived = self.scene.arrived()
        assert judge(arrived, [text for text in arrived if text in self.certain]).ok
        assert sorted(arrived) == sorted(self.certain)

    def arrived(self, text: str) -> None:
        """It reaches the model, once."""
        wait_until(lambda: self.scene.arrived().count(text), deadline=30, show=self.screen)
        self.certain.append(text)

    def box(self) -> str | None:
        return self.scene.live(self.pane).look().screen.box

    def stands(self, words: str) -> None:
        """The box comes to show this, and the pane to rest."""
        wait_until(self.idle, deadline=30, show=self.screen)
        wait_until(lambda: self.box() == words, deadline=30, show=self.screen)

    def idle(self) -> bool:
        return self.scene.live(self.pane).look().state == "idle"

    def press(self, *keys: str) -> None:
        self.scene.screen_of(self.pane).press(*keys)

    def clear(self) -> None:
        """The person takes what stands in the box out of it."""
        self.press(*["C-u"] * 3)
        self.stands("")

    def draft(self, words: str) -> None:
        """The person has begun to write, and has changed the mode."""
        self.write(words)
        if self.mode() == "plan":
            self.press("BTab")
        wait_until(lambda: self.mode() not in (None, "plan"), deadline=30, show=self.screen)

    def mode(self) -> str | None:
        return self.scene.live(self.pane).look().mode

    def write(self, words: str) -> None:
        self.scene.screen_of(self.pane).type(words)
        self.stands(words)

    def screen(self) -> str:
        return self.scene.screen_of(self.pane).report()

    def nothing_left(self) -> None:
        """Neither in the pane's folder nor in tmux."""
        folder = self.scene.folder(self.pane)
        assert list((folder / "expected").iterdir()) == []
        assert (folder / "want").read_text().strip() == "plan"
        assert self.scene.server.run("list-buffers") == ""
