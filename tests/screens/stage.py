"""The stage on which scenes are played with the real Claude Code, and where what the screen shows is kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rig.tmux import Pane, Tmux
from tests.rig.wait import wait_until

CORPUS = Path(__file__).parent
BOX = re.compile(r"^─{8,}[^\n]*\n❯[^\n]*\n(?:  [^\n]*\n|\n)*─{8,}[^\n]*(?P<footer>(?:\n[^\n]*)*)\Z", re.MULTILINE)
FOOTER = re.compile(
    r"manual mode on|plan mode on|accept edits on|auto mode on|don.t ask on|bypass permissions on|shortcuts"
)
STILL = 8  # looks that see the same
LONG = 60  # looks at what never stands still


@dataclass(frozen=True)
class Stage:
    """One version in one width. `start` is Claude in a window of it, ready; `keep` writes what stands there."""

    tmux: Tmux
    claude: Path
    version: str
    width: int
    project: Path
    place: Path

    @property
    def state_file(self) -> Path:
        return self.place / "home/.claude/.claude.json"

    def remember(self, **entries: object) -> None:
        """What Claude finds in its state file from its next start on."""
        state = json.loads(self.state_file.read_text())
        self.state_file.write_text(json.dumps({**state, **entries}))

    def settings(self, **entries: Any) -> list[str]:
        """Arguments that give Claude these settings."""
        file = self.place / f"settings-{len(list(self.place.glob('settings-*')))}.json"
        file.write_text(json.dumps(entries))
        return ["--settings", str(file)]

    def open(self, *arguments: str, environment: Mapping[str, str] | None = None, cwd: Path | None = None) -> Pane:
        """Claude as it starts, ready or not."""
        argv = [str(self.claude), *arguments]
        return self.tmux.new_pane(argv, cwd=cwd or self.project, environment=environment)

    def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Pane:
        pane = self.open(*arguments, environment=environment)
        settled(pane, is_ready)
        return pane

    def keep(self, pane: Pane, name: str, *texts: str) -> None:
        """Keep the screen once all `texts` stand on it and it has stopped changing (a spinner never does)."""
        pane.wait_for(*texts)
        settled(pane, str.strip)
        self.write(pane, name)

    def write(self, pane: Pane, name: str) -> None:
        folder = CORPUS / self.version
        folder.mkdir(exist_ok=True)
        (folder / f"{name}-{self.width}.txt").write_text(pane.screen(styled=True) + "\n")


def is_ready(screen: str) -> bool:
    """An input box, and below it the words of a mode."""
    box = BOX.search(screen.rstrip())
    return bool(box and FOOTER.search(box["footer"]))


def settled(pane: Pane, holds: Callable[[str], object] = bool) -> None:
    """Wait until the screen is as it must be and stands still, or for long enough to see that it never will."""
    seen: list[str] = []

    def still() -> bool:
        seen.append(pane.screen())
        return bool(holds(seen[-1])) and (len(seen) > LONG or seen[-STILL:] == seen[-1:] * STILL)

    wait_until(still, 30, show=pane.report)


def spins(screen: str) -> object:
    """Whether a turn is seen to run."""
    return re.search(r"^\S [A-Z][^\n]*…|[Rr]etrying in", screen, re.MULTILINE)


def rests(screen: str) -> object:
    return is_ready(screen) and not spins(screen)


def submit(pane: Pane, text: str, seen: str | None = None) -> None:
    settled(pane)
    pane.paste(text)
    pane.wait_for(seen or text[:12])
    enter(pane)


def enter(pane: Pane) -> None:
    """Enter what stands in the box: once more where Claude takes the first Enter for its list of commands."""
    settled(pane)
    before = boxed(pane.screen())
    pane.press("Enter")
    with suppress(AssertionError):
        wait_until(lambda: boxed(pane.screen()) != before, 2)
        return
    pane.press("Enter")


def boxed(screen: str) -> str:
    """What stands between the last two rules."""
    return re.split(r"^─{8,}.*$", screen, flags=re.MULTILINE)[-2:][0]


def say(pane: Pane, text: str) -> None:
    """Submit a text that is pasted whole or as a placeholder, whatever it reads like on the screen."""
    settled(pane)
    before = pane.screen()
    pane.paste(text)
    pane.wait_until(lambda screen: screen != before)
    enter(pane)


def converse(pane: Pane, words: str) -> None:
    """One turn, to its end."""
    say(pane, f"[[reply {words}]] talk")
    pane.wait_until(lambda screen: re.search(rf"^[●⏺] {re.escape(words[:20])}", screen, re.MULTILINE))
    settled(pane, is_ready)


def clear(pane: Pane) -> None:
    """An empty box, where one line stands in it."""
    pane.press("C-u", "BSpace")
    settled(pane)


def escape(pane: Pane) -> None:
    """Back to the box, however many Escapes that takes."""

    def pressed() -> bool:
        if is_ready(pane.screen()):
            return True
        pane.press("Escape")
        settled(pane)
        return False

    wait_until(pressed, 30, show=pane.report)


def end(pane: Pane) -> None:
    pane.tmux.run("kill-pane", "-t", pane.id)
