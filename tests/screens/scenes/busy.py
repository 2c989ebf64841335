"""Claude at work, and what may go wrong with it."""

from __future__ import annotations

import json
import re

import pytest

from offline.model_api import ModelApi
from tests.screens.stage import Stage, converse, end, is_ready, rests, say, settled, spins, submit

SLOW_HOOK, NO_HOOK = (
    {"UserPromptSubmit": [{"hooks": [{"type": "command", "command": command, "timeout": 30}]}]}
    for command in ("sleep 20", "echo no >&2; exit 2")
)
JSON_NO = '{"decision":"block","reason":"not now"}'


def test_thinking(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    submit(pane, "[[hold ever]] think")
    pane.wait_until(spins)
    stage.keep(pane, "busy")
    pane.type("a draft meanwhile")
    stage.keep(pane, "busy-with-text", "meanwhile")
    pane.press("Enter")
    stage.keep(pane, "queued")
    pane.type("another")
    stage.keep(pane, "queued-with-text", "another")
    pane.press("Enter")
    stage.keep(pane, "queued-two", "another")
    pane.press("C-o")
    stage.keep(pane, "busy-transcript", "ranscript")
    end(pane)


def test_interrupted(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    say(pane, "[[stream 30]] [[reply Some words.]] think")
    pane.wait_until(lambda screen: re.search(r"^[●⏺] ?Some|^. \w+…", screen, re.MULTILINE))
    settled(pane)
    pane.press("Escape")
    stage.keep(pane, "interrupted", "nterrupte")
    end(pane)


def test_called_off(stage: Stage) -> None:
    """Esc before the first word: 2.1.329 puts the prompt back into the box."""
    pane = stage.start("--permission-mode", "plan")
    submit(pane, "[[hold ever]] think")
    pane.wait_until(spins)
    settled(pane)
    pane.press("Escape")
    pane.wait_until(lambda screen: not spins(screen))
    stage.keep(pane, "called-off")
    end(pane)


@pytest.mark.parametrize(("name", "words"), [("streaming", "word " * 60), ("streaming-paste", "a line\n" * 12)])
def test_streaming(stage: Stage, name: str, words: str) -> None:
    """While words come in no row says that a turn runs; after a long paste the footer does not either."""
    pane = stage.start("--permission-mode", "default")
    say(pane, f"[[stream 30]] [[reply {words}]] talk")
    pane.wait_until(lambda screen: re.search(r"^[●⏺] |[·✢✳✶✻✽*] \w+…", screen, re.MULTILINE))
    stage.keep(pane, name)
    pane.type("a draft")
    stage.keep(pane, f"{name}-with-text", "a draft")
    end(pane)


def test_tool(stage: Stage) -> None:
    (stage.project / "work.sh").write_text("sleep 60\n")
    pane = stage.start("--permission-mode", "acceptEdits", "--allowedTools", "Bash")
    command = json.dumps({"command": "sh work.sh", "description": "work a little"})
    submit(pane, f"[[tool Bash {command}]] go", "[[tool")
    pane.wait_until(spins)
    stage.keep(pane, "tool-running")
    pane.type("a draft")
    stage.keep(pane, "tool-running-with-text", "a draft")
    end(pane)


def test_tasks(stage: Stage) -> None:
    """Versions without the tool answer with an error: then the screen is a busy one like others."""
    pane = stage.start("--permission-mode", "acceptEdits", "--allowedTools", "TaskCreate")
    for number in range(7):
        task = {"subject": f"Step {number} of the work", "description": "to do", "activeForm": f"Doing {number}"}
        say(pane, f"[[tool TaskCreate {json.dumps(task)}]] note {number}")
        settled(pane, rests)
    say(pane, "[[hold ever]] go on")
    pane.wait_until(spins)
    stage.keep(pane, "busy-with-tasks")
    pane.type("a draft")
    stage.keep(pane, "busy-with-tasks-and-text", "a draft")
    end(pane)


def test_agent(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "acceptEdits")
    prompt = "\\u005b\\u005bhold ever\\u005d\\u005d look around"  # a direction for the other agent
    name = "Task" if stage.version == "2.1.32" else "Agent"
    task = f'{{"description":"look around","prompt":"{prompt}","subagent_type":"general-purpose"}}'
    say(pane, f"[[tool {name} {task}]] go")
    apart = stage.version not in ("2.1.32", "2.1.138")  # those wait for it
    pane.wait_for("Waiting for 1 background agent" if apart else f"{name}(look around)")
    stage.keep(pane, "agent-running")
    pane.type("a draft")
    stage.keep(pane, "agent-running-with-text", "a draft")
    end(pane)


def test_background(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "acceptEdits", "--allowedTools", "Bash")
    command = json.dumps({"command": "sleep 60", "description": "wait", "run_in_background": True})
    submit(pane, f"[[tool Bash {command}]] go", "[[tool")
    pane.wait_for("Done.")
    settled(pane, is_ready)
    stage.keep(pane, "background")
    pane.press("Down")
    stage.keep(pane, "background-chosen")
    pane.press("Enter")
    stage.keep(pane, "background-panel")
    end(pane)


def test_hook(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan", *stage.settings(hooks=SLOW_HOOK))
    submit(pane, "a prompt that waits")
    pane.wait_until(spins)
    stage.keep(pane, "hook-running")
    pane.type("a draft")
    stage.keep(pane, "hook-running-with-text", "a draft")
    end(pane)


def test_blocked(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan", *stage.settings(hooks=NO_HOOK))
    submit(pane, "a prompt that is stopped")
    settled(pane, rests)
    stage.keep(pane, "hook-blocked", "Original prompt")
    end(pane)
    said = {"UserPromptSubmit": [{"hooks": [{"type": "command", "command": f"echo '{JSON_NO}'"}]}]}
    pane = stage.start("--permission-mode", "plan", *stage.settings(hooks=said))
    pane.type("a draft")
    pane.wait_for("a draft")
    pane.press("C-s")
    pane.wait_for("tash")
    submit(pane, "a prompt that is stopped")
    settled(pane, rests)
    stage.keep(pane, "hook-blocked-with-stash", "Original prompt")
    end(pane)


def test_compacting(stage: Stage, model_api: ModelApi) -> None:
    pane = stage.start("--permission-mode", "plan")
    for number in range(3):
        converse(pane, f"Words {number} to be summed up.")
    submit(pane, "/compact [[hold compact]]")
    stage.keep(pane, "compacting", "ompacting")
    pane.type("a draft")
    stage.keep(pane, "compacting-with-text", "a draft")
    model_api.release("compact")
    pane.wait_until(lambda screen: "ompacting" not in screen, deadline=30)
    stage.keep(pane, "compacted")
    end(pane)


def test_errors(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    submit(pane, "[[status 400]] [[reply too odd]] go", "[[status")
    stage.keep(pane, "api-error", "Error")
    end(pane)
    for name, status in {"api-retry": 500, "rate-limited": 429}.items():
        pane = stage.start("--permission-mode", "plan")
        submit(pane, f"[[status {status}]] [[reply a reason]] go", "[[status")
        pane.wait_until(spins)
        stage.keep(pane, name)
        pane.type("a draft")
        stage.keep(pane, f"{name}-with-text", "a draft")
        end(pane)
