"""Plays scenes with the real Claude Code and keeps what the screen shows. Not a test: see `capture`."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from offline.model_api import ModelApi
from tests.rig.tmux import HEIGHT, Pane, Tmux
from tests.rig.wait import wait_until

HERE = Path(__file__).parent
MODES = {"normal": "default", "plan": "plan", "auto-accept": "acceptEdits"}
CLEAR = ["C-u"] * 12
FOOTER = re.compile(r"manual mode on|plan mode on|accept edits on|for shortcuts")
BASH = '[[tool Bash {"command":"touch /tmp/made","description":"make a file"}]]'
QUESTION = (
    '[[tool AskUserQuestion {"questions":[{"question":"Which one do you like?","header":"Pick","multiSelect":false,'
    '"options":[{"label":"Apples","description":"red"},{"label":"Pears","description":"green"}]}]}]]'
)
FAKE_BOX = "\n".join(
    [
        "─" * 30,
        "❯ typed by nobody",
        "─" * 30,
        "  ⏸ plan mode on (shift+tab to cycle)",
        "Do you want to proceed?",
        "❯ 1. Yes",
    ]
)
SLOW_HOOK, NO_HOOK = (
    {"hooks": {"UserPromptSubmit": [{"hooks": [{"type": "command", "command": command, "timeout": 20}]}]}}
    for command in ("sleep 6", "echo no >&2; exit 2")
)


@dataclass(frozen=True)
class Stage:
    """One width. `start` is Claude in a window of it, ready; `keep` writes what stands there under a name."""

    tmux: Tmux
    claude: Path
    project: Path
    width: int
    folder: Path

    def start(self, *arguments: str) -> Pane:
        pane = self.tmux.new_pane([str(self.claude), *arguments], cwd=self.project)
        settled(pane, is_ready)
        return pane

    def keep(self, pane: Pane, name: str, *texts: str) -> None:
        """Keep the screen once all `texts` stand on it and it has stopped changing (a spinner never does)."""
        pane.wait_for(*texts)
        settled(pane)
        (self.folder / f"{name}-{self.width}.txt").write_text(pane.screen(styled=True) + "\n")


def is_ready(screen: str) -> bool:
    """A box, and the mode's words in the last line. Narrow footers show no more than these."""
    lines = screen.rstrip().splitlines()
    return bool(lines and FOOTER.search(lines[-1]) and any(line.startswith("❯") for line in lines[-4:]))


def settled(pane: Pane, holds: Callable[[str], object] = bool) -> None:
    """Wait until the screen is as it must be and stands still, or for long enough to see that it never will."""
    seen: list[str] = []

    def still() -> bool:
        seen.append(pane.screen())
        return bool(holds(seen[-1])) and (len(seen) > 60 or seen[-10:] == seen[-1:] * 10)

    wait_until(still, 30, show=pane.report)


def submit(pane: Pane, text: str, seen: str | None = None) -> None:
    settled(pane)
    pane.paste(text)
    pane.wait_for(seen or text[:12])
    settled(pane)
    pane.press("Enter")


def converse(pane: Pane, words: str) -> None:
    """One turn, to its end."""
    submit(pane, f"[[reply {words}]] talk")
    pane.wait_until(lambda screen: re.search(rf"^[●⏺] {words}", screen, re.MULTILINE))
    settled(pane, is_ready)


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


@pytest.fixture(params=[40, 80, 120])
def stage(request: pytest.FixtureRequest, tmux: Tmux, claude_program: Path, project: Path) -> Stage:
    tmux.new_pane(["cat"])
    tmux.run("set-option", "-t", "main", "default-size", f"{request.param}x{HEIGHT}")
    said = subprocess.run([str(claude_program), "--version"], env=tmux.environment, capture_output=True, text=True)
    folder = HERE / said.stdout.split()[0]
    folder.mkdir(exist_ok=True)
    return Stage(tmux, claude_program, project, request.param, folder)


def test_modes(stage: Stage) -> None:
    for ours, value in MODES.items():
        pane = stage.start("--permission-mode", value)
        stage.keep(pane, f"empty-{ours}")
        converse(pane, "Hello there.")
        stage.keep(pane, f"idle-after-turn-{ours}")
        end(pane)


def test_box(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    pane.type("fix the typo in README")
    stage.keep(pane, "one-line", "README")
    pane.press("C-s")
    stage.keep(pane, "stashed", "tash")
    pane.press("C-s", *CLEAR)
    pane.paste("first line\nsecond line\n\tthird")
    stage.keep(pane, "multi-line", "third")
    pane.press(*CLEAR)
    pane.paste("\n".join(f"line {number}" for number in range(9)))
    stage.keep(pane, "placeholder", "Pasted text")
    pane.type(" and more")
    stage.keep(pane, "placeholder-and-more", "and more")
    pane.press(*CLEAR)
    pane.paste("wrapped words " * 30)
    stage.keep(pane, "wrapped", "wrapped")
    pane.press(*CLEAR)
    pane.paste("above\n" + "─" * 30 + "\n❯ below")
    stage.keep(pane, "rule-in-the-text", "below")
    pane.press(*CLEAR)
    pane.paste("1. Yes, Do you want to proceed?")
    stage.keep(pane, "option-in-the-text", "proceed")
    pane.press(*CLEAR)
    pane.paste("漢字 und Grüße 🙂")
    stage.keep(pane, "wide", "Grüße")
    end(pane)


def test_box_menus(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "acceptEdits")
    pane.type("?")
    stage.keep(pane, "shortcuts-help", "commands")
    pane.press("BSpace", "Escape")
    settled(pane, is_ready)
    pane.type("/mo")
    stage.keep(pane, "slash-picker", "/model")
    pane.press(*CLEAR)
    pane.type("see @")
    stage.keep(pane, "file-picker", "see @")
    pane.press("Escape", *CLEAR)
    pane.type("!")
    stage.keep(pane, "shell-mode-empty", "!")
    pane.type("ls -la")
    stage.keep(pane, "shell-mode", "ls -la")
    end(pane)


def test_panels(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    converse(pane, "A word.")
    for name, seen in {"/model": "Select model", "/config": "Config", "/resume": "esume", "/help": "elp"}.items():
        submit(pane, name)
        stage.keep(pane, name.replace("/", "panel-"), seen)
        escape(pane)
    pane.press("C-o")
    stage.keep(pane, "transcript", "transcript")
    escape(pane)
    pane.press("Escape", "Escape")
    stage.keep(pane, "panel-rewind", "ewind")
    end(pane)


def test_busy(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    submit(pane, "[[slow 12]] think")
    stage.keep(pane, "busy", "esc to")
    pane.type("a draft meanwhile")
    stage.keep(pane, "busy-with-text", "meanwhile")
    pane.press("Enter")
    stage.keep(pane, "queued", "queued" if stage.width > 60 else "meanwhile")
    pane.press("C-o")
    stage.keep(pane, "busy-transcript", "transcript")
    pane.press("C-o")
    pane.press("Escape")
    stage.keep(pane, "busy-again", "nterrupted")
    end(pane)


def test_hook(stage: Stage, place: Path) -> None:
    settings = place / "slow-hook.json"
    settings.write_text(json.dumps(SLOW_HOOK))
    pane = stage.start("--permission-mode", "plan", "--settings", str(settings))
    submit(pane, "a prompt that waits")
    stage.keep(pane, "hook-running", "hook")
    end(pane)
    settings.write_text(json.dumps(NO_HOOK))
    pane = stage.start("--permission-mode", "plan", "--settings", str(settings))
    submit(pane, "a prompt that is stopped")
    stage.keep(pane, "hook-blocked", "Original prompt")
    end(pane)


def test_conversation(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "default")
    submit(pane, f"[[reply {FAKE_BOX}]] pretend", "Pasted")
    pane.wait_until(lambda screen: re.search(r"^[●⏺] ", screen, re.MULTILINE))
    stage.keep(pane, "fake-box")
    submit(pane, f"{BASH} go", "Bash")
    stage.keep(pane, "dialog-below-fake-box", "Esc to cancel")
    escape(pane)
    end(pane)
    pane = stage.start("--permission-mode", "plan")
    for number in range(7):
        converse(pane, f"Thought {number}…")
    stage.keep(pane, "reply-with-an-ellipsis")
    end(pane)


def test_dialogs(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "default")
    submit(pane, f"{BASH} go", "Bash")
    stage.keep(pane, "dialog-bash", "Esc to cancel")
    escape(pane)
    stage.keep(pane, "dialog-escaped")
    end(pane)
    pane = stage.start("--permission-mode", "default")
    write = json.dumps({"file_path": str(stage.project / "new.txt"), "content": "one\ntwo\n"})
    submit(pane, f"[[tool Write {write}]] write", "Write")
    stage.keep(pane, "dialog-write", "Esc to cancel")
    end(pane)


def test_plan_dialogs(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    submit(pane, f"{QUESTION} ask", "AskUser")
    stage.keep(pane, "dialog-question", "1. Apples", "2. Pears")
    pane.press("Down", "Down")
    stage.keep(pane, "dialog-question-type", "1. Apples", "2. Pears")
    pane.type("none of them")
    stage.keep(pane, "dialog-question-typed", "none of them")
    end(pane)
    pane = stage.start("--permission-mode", "plan")
    submit(pane, "[[tool ExitPlanMode {}]] plan", "ExitPlan")
    stage.keep(pane, "dialog-plan-empty", "Exit plan mode?", "2. No")
    end(pane)


def test_plan_approval(stage: Stage, model_api: ModelApi) -> None:
    pane = stage.start("--permission-mode", "plan")
    converse(pane, "Planning.")
    told = re.search(r"/[\w./-]+/plans/[\w-]+\.md", model_api.log.read_text())
    assert told
    plan = json.dumps({"file_path": told[0], "content": "# Plan\n1. Look\n2. Leap\n"})
    submit(pane, f"[[tool Write {plan}]] write", "Write")
    pane.wait_for("● Done.")
    settled(pane, is_ready)
    submit(pane, "[[tool ExitPlanMode {}]] plan", "ExitPlan")
    stage.keep(pane, "dialog-plan", "Claude has written up a plan", "1. Yes")
    end(pane)


def test_vim(stage: Stage, place: Path) -> None:
    settings = place / "vim.json"
    settings.write_text(json.dumps({"editorMode": "vim"}))
    pane = stage.start("--permission-mode", "plan", "--settings", str(settings))
    stage.keep(pane, "vim-insert", "INSERT")
    pane.type("words")
    stage.keep(pane, "vim-insert-text", "words")
    pane.press("Escape")
    stage.keep(pane, "vim-normal", "words")
    end(pane)


def test_starting(stage: Stage, place: Path) -> None:
    stranger = place / "stranger"
    stranger.mkdir()
    pane = stage.tmux.new_pane([str(stage.claude)], cwd=stranger)
    stage.keep(pane, "trust", "trust")
    end(pane)
    pane = stage.tmux.new_pane(["cat"])
    stage.keep(pane, "blank")
    end(pane)


def test_shell(stage: Stage) -> None:
    pane = stage.tmux.new_pane(["sh"], cwd=stage.project)
    pane.type("echo some words")
    pane.press("Enter")
    stage.keep(pane, "shell", "some words")
    pane.type("claude --permission-mode plan")
    pane.press("Enter")
    settled(pane, is_ready)
    converse(pane, "Bye.")
    pane.press("C-c", "C-c")
    pane.wait_until(lambda _: pane.value("#{pane_current_command}") == "sh")
    stage.keep(pane, "after-claude")
    end(pane)
