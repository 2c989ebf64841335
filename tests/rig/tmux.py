"""A private tmux server, and panes in it that a test reads and presses keys in."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.rig.wait import wait_until

WIDTH, HEIGHT = 120, 40


@dataclass(frozen=True)
class Tmux:
    """One server. It lives until `stop`, panes or not, and reads no configuration."""

    program: Path
    socket: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, text: str | bytes = b"") -> str:
        """What tmux prints; its complaint is the error. `text` is its standard input."""
        argv = [str(self.program), "-u", "-S", str(self.socket), "-f", "/dev/null", *arguments]
        data = text.encode() if isinstance(text, str) else text
        done = subprocess.run(argv, input=data, capture_output=True, env=dict(self.environment), timeout=20)
        if done.returncode != 0:
            raise RuntimeError(f"tmux {arguments[0]}: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout.decode(errors="replace").removesuffix("\n")

    def start(self) -> Tmux:
        self.run("start-server", ";", "set-option", "-g", "exit-empty", "off")
        return self

    def stop(self) -> None:
        self.run("kill-server")

    def new_pane(
        self,
        argv: Sequence[str],
        *,
        session: str = "main",
        cwd: Path = Path("/"),
        environment: Mapping[str, str] | None = None,
    ) -> Pane:
        """A window running `argv` in `session`, which is made if need be; `environment` adds to the server's."""
        added = [part for name, value in (environment or {}).items() for part in ("-e", f"{name}={value}")]
        if session in self.sessions():
            place = ["new-window", "-d", "-t", f"={session}:"]
        else:
            place = ["new-session", "-d", "-s", session, "-x", str(WIDTH), "-y", str(HEIGHT)]
        ids = self.run(*place, *added, "-c", str(cwd), "-P", "-F", "#{pane_id} #{pane_pid}", "--", *argv)
        pane, pid = ids.split()
        return Pane(self, pane, int(pid))

    def sessions(self) -> list[str]:
        """Names; none while no session was made (tmux calls that an error)."""
        try:
            return self.run("list-sessions", "-F", "#{session_name}").splitlines()
        except RuntimeError as error:
            if "no sessions" in str(error) or "no current" in str(error):
                return []
            raise

    def panes(self) -> list[str]:
        return self.run("list-panes", "-a", "-F", "#{pane_id}").splitlines()

    def capture(self, pane: Pane | str, *, styled: bool = False, history: bool = False) -> str:
        """The screen as text; `styled` keeps the colours' escape sequences, `history` begins where the pane began."""
        flags = [*(["-e"] if styled else []), *(["-S", "-"] if history else [])]
        return self.run("capture-pane", "-p", *flags, "-t", str(pane))


@dataclass(frozen=True)
class Pane:
    """One pane. Its text is the id, as tmux says it."""

    tmux: Tmux
    id: str
    pid: int

    def __str__(self) -> str:
        return self.id

    def screen(self, *, styled: bool = False, history: bool = False) -> str:
        return self.tmux.capture(self, styled=styled, history=history)

    def value(self, form: str) -> str:
        """A tmux format of this pane, as in value("#{pane_current_command}")."""
        return self.tmux.run("display-message", "-p", "-t", self.id, form)

    def press(self, *keys: str) -> None:
        """Keys by tmux's names: Enter, C-c, BTab."""
        self.tmux.run("send-keys", "-t", self.id, *keys)

    def type(self, text: str) -> None:
        """The characters of `text`, each as a key."""
        self.tmux.run("send-keys", "-l", "-t", self.id, "--", text)

    def paste(self, text: str) -> None:
        """One bracketed paste, every byte as it is."""
        self.tmux.run("load-buffer", "-b", f"rig{self.id}", "-", text=text)
        self.tmux.run("paste-buffer", "-p", "-r", "-d", "-b", f"rig{self.id}", "-t", self.id)

    def wait_for(self, *texts: str, deadline: float = 15.0) -> str:
        """The screen, once every one of `texts` stands on it."""
        return self.wait_until(lambda screen: all(text in screen for text in texts), deadline)

    def wait_until(self, condition: Callable[[str], object], deadline: float = 15.0) -> str:
        """The screen, once `condition` holds for it."""

        def look() -> str:
            screen = self.screen()
            return screen if condition(screen) else ""

        return wait_until(look, deadline, show=self.report)

    def report(self) -> str:
        """The screen framed, for a failure; or that there is none any more."""
        try:
            lines = self.screen().rstrip().splitlines()
        except RuntimeError as error:
            return f"pane {self.id}: {error}"
        return "\n".join([f"┌ pane {self.id}", *(f"│ {line}" for line in lines), "└"])
