"""Questions that wait for an answer: an Enter would give it."""

from __future__ import annotations

import json
import re

from offline.model_api import ModelApi
from tests.screens.stage import Stage, converse, end, escape, say, settled, submit

BASH = '[[tool Bash {"command":"touch /tmp/made","description":"make a file"}]]'


def question(*, many: bool) -> str:
    options = [{"label": "Apples", "description": "red"}, {"label": "Pears", "description": "green"}]
    asked = {"question": "Which one do you like?", "header": "Pick", "multiSelect": many, "options": options}
    return f"[[tool AskUserQuestion {json.dumps({'questions': [asked]})}]] ask"


def test_bash(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "default")
    submit(pane, f"{BASH} go", "Bash")
    stage.keep(pane, "dialog-bash", "Esc to cancel")
    pane.press("Down", "Down")
    stage.keep(pane, "dialog-bash-last", "Esc to cancel")
    escape(pane)
    stage.keep(pane, "dialog-escaped")
    end(pane)


def test_dialog_over_text(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "default")
    submit(pane, f"[[slow 4]] {BASH} go", "[[slow")
    settled(pane)
    pane.type("a draft")
    stage.keep(pane, "dialog-over-text", "Esc to cancel")
    end(pane)


def test_files(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "default")
    file = stage.project / "new.txt"
    say(pane, f"[[tool Write {json.dumps({'file_path': str(file), 'content': 'one' + chr(10) + 'two'})}]] write")
    stage.keep(pane, "dialog-write", "Yes")
    pane.press("Enter")
    pane.wait_until(lambda _: file.exists())
    change = {"file_path": str(file), "old_string": "two", "new_string": "three"}
    say(pane, f"[[tool Edit {json.dumps(change)}]] edit")
    stage.keep(pane, "dialog-edit", "Yes", "three")
    end(pane)


def test_fetch(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "default")
    say(pane, '[[tool WebFetch {"url":"http://localhost/x","prompt":"what is it"}]] fetch')
    stage.keep(pane, "dialog-fetch", "Yes")
    end(pane)


def test_question(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    submit(pane, question(many=False), "AskUser")
    stage.keep(pane, "dialog-question", "1. Apples", "2. Pears")
    pane.press("Down", "Down")
    stage.keep(pane, "dialog-question-type", "1. Apples", "2. Pears")
    pane.type("none of them")
    stage.keep(pane, "dialog-question-typed", "none of them")
    end(pane)
    pane = stage.start("--permission-mode", "plan")
    submit(pane, question(many=True), "AskUser")
    stage.keep(pane, "dialog-question-many", "1. [", "2. [")
    pane.press("Tab")
    stage.keep(pane, "dialog-question-submit")
    end(pane)


def test_plan_empty(stage: Stage) -> None:
    pane = stage.start("--permission-mode", "plan")
    submit(pane, "[[tool ExitPlanMode {}]] plan", "ExitPlan")
    stage.keep(pane, "dialog-plan-empty", "Exit plan mode?", "2. No")
    end(pane)


def test_plan(stage: Stage, model_api: ModelApi) -> None:
    pane = stage.start("--permission-mode", "plan")
    converse(pane, "Planning.")
    told = re.search(r"/[\w./-]+/plans/[\w-]+\.md", model_api.log.read_text())
    assert told
    plan = json.dumps({"file_path": told[0], "content": "# Plan\n1. Look\n2. Leap\n"})
    say(pane, f"[[tool Write {plan}]] write")
    pane.wait_for("Done.")
    submit(pane, "[[tool ExitPlanMode {}]] plan", "ExitPlan")
    stage.keep(pane, "dialog-plan", "1. Yes")
    end(pane)
