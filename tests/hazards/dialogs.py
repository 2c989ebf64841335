"""Something other than the empty box is there to take the keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress

from tests.hazards.act import Act
from tests.hazards.case import Case, Start, no_harm
from tests.rig.wait import wait_until

ANSWERED = "answered for the person"
NORMAL = Start("normal")  # where a command's dialog proposes Yes
WAITING = ("refused(waiting)",)
NO_BOX = ("refused(waiting)", "refused(unknown_screen)")
QUESTION = {
    "question": "Which one do you like?",
    "header": "Pick",
    "multiSelect": False,
    "options": [{"label": "Apples", "description": "red"}, {"label": "Pears", "description": "green"}],
}


def bash(act: Act) -> str:
    """A prompt whose answer is a tool call that wants a permission."""
    call = {"command": f"touch {act.witness}", "description": "make a file"}
    return f"[[tool Bash {json.dumps(call)}]] run it"


def escape(act: Act) -> None:
    """Back to the empty box, however many Escapes that takes."""

    def back() -> bool:
        act.pane.press("Escape")
        act.settled()
        return _ready(act)

    _ready(act) or wait_until(back, 10)


def _ready(act: Act) -> bool:
    try:
        act.ready(0.1)
    except AssertionError:
        return False
    return True


def talk(act: Act) -> None:
    """A turn that is over: a Claude without a box is then no longer one that is still starting."""
    act.submit("[[reply A word.]] talk")
    wait_until(lambda: act.own[-1] in act.arrived(), show=act.pane.report)
    act.pane.wait_for("A word.")
    act.ready()


def permission(act: Act) -> None:
    act.submit(bash(act))
    act.pane.wait_for("Do you want to proceed?", "Esc to cancel")
    act.settled()


def edit(act: Act) -> None:
    call = json.dumps({"file_path": str(act.witness), "content": "made\n"})
    act.submit(f"[[tool Write {call}]] write it")
    act.pane.wait_for("Esc to cancel")
    act.settled()


def over_a_draft(act: Act) -> None:
    """The person writes on while Claude thinks, and then the dialog opens."""
    act.submit(f"[[hold {act.witness.name}]] {bash(act)}")
    act.pane.wait_for("esc to interrupt")
    act.type("half a thought")
    act.world.model.release(act.witness.name)
    act.pane.wait_for("Do you want to proceed?", "Esc to cancel")
    act.settled()


def typing(act: Act) -> None:
    """An answer of the person's own to a question, half written."""
    question(act)
    act.settled()
    act.press("Down", "Down")
    act.type("none of")


def question(act: Act) -> None:
    act.submit(f"[[tool AskUserQuestion {json.dumps({'questions': [QUESTION]})}]] ask")
    act.pane.wait_for("1. Apples", "2. Pears")


def plan(act: Act) -> None:
    act.submit("[[tool ExitPlanMode {}]] plan")
    act.pane.wait_for("Exit plan mode?", "2. No")


def shows(harm: str, *words: str) -> Callable[[Act], str | None]:
    """What is called `harm` when the screen says so."""
    return lambda act: harm if any(each in act.pane.screen() for each in words) else None


def hides(harm: str, *words: str) -> Callable[[Act], str | None]:
    """What is called `harm` when the screen no longer says so."""
    return lambda act: None if all(each in act.pane.screen() for each in words) else harm


def panel(name: str, seen: str, sees: str, harm: Callable[[Act], str | None] = no_harm) -> Case:
    def bring(act: Act) -> None:
        act.ready()
        act.command(name, seen)

    return Case(name, sees, NO_BOX, bring=bring, harm=harm, leave=escape)


def key(name: str, sees: str, *keys: str, seen: str, want: tuple[str, ...] = NO_BOX) -> Case:
    def bring(act: Act) -> None:
        talk(act)
        for each in keys:  # in one go older versions take two for one
            act.press(each)
        act.pane.wait_for(seen)
        act.settled()

    return Case(name, sees, want, bring=bring, leave=escape)


def typed(name: str, sees: str, text: str, seen: str, want: tuple[str, ...]) -> Case:
    def bring(act: Act) -> None:
        act.ready()
        act.type(text, seen)

    def harm(act: Act) -> str | None:
        with suppress(AssertionError):
            act.settled(lambda screen: f"❯ {text}" in screen.replace("\u00a0", " "), deadline=3)
            return None
        return "the draft is gone"

    return Case(name, sees, want, bring=bring, harm=harm, leave=clear)


def clear(act: Act) -> None:
    """An empty box, out of shell mode and with no picker above it."""
    act.pane.press(*["C-u"] * 12, "BSpace")
    act.settled()
    escape(act)


DIALOGS = [
    Case(
        "permission",
        "“Do you want to proceed?”",
        WAITING,
        permission,
        harm=hides(ANSWERED, "Do you want to proceed?"),
        leave=escape,
        start=NORMAL,
    ),
    Case(
        "edit",
        "“Do you want to create …?”",
        WAITING,
        edit,
        harm=hides(ANSWERED, "Esc to cancel"),
        leave=escape,
        start=NORMAL,
    ),
    Case("question", "a question with choices", WAITING, question, harm=hides(ANSWERED, "1. Apples"), leave=escape),
    Case(
        "question, typing",
        "an answer of one's own, half written",
        WAITING,
        typing,
        harm=hides(ANSWERED, "none of"),
        leave=escape,
        alone=True,
    ),
    Case(
        "permission over a draft",
        "“Do you want to proceed?”, a draft beneath",
        WAITING,
        over_a_draft,
        harm=hides(ANSWERED, "Do you want to proceed?"),
        start=NORMAL,
        alone=True,
    ),
    Case("plan approval", "“Exit plan mode?”", WAITING, plan, harm=hides(ANSWERED, "Exit plan mode?"), leave=escape),
    panel("/model", "Select model", "a choice of models", shows("a model was chosen", "Set model", "Kept model")),
    panel("/config", "Config", "the settings"),
    panel("/resume", "esume", "a choice of sessions"),
    panel("/help", "elp", "the help"),
    panel("/permissions", "Allow", "the permission rules"),
    panel("/hooks", "ooks", "the hooks"),
    panel("/memory", "emory", "a choice of memory files"),
    panel("/theme", "ark mode", "a choice of themes", shows("a theme was chosen", "Theme set")),
    panel("/login", "login method", "the login screen"),
    panel("/export", "xport", "a choice of places"),
    panel("/status", "tatus", "the status"),
    panel("/usage", "sage", "the usage limits"),
    key("transcript", "Ctrl-O: the transcript", "C-o", seen="ranscript"),
    key("history search", "Ctrl-R: a search in the history", "C-r", seen="earch"),
    key("rewind", "Esc Esc: a choice of places to go back to", "Escape", "Escape", seen="ewind"),
    typed("/ picker", "commands to choose from", "/mo", "/model", ("delivered", "refused(draft)", *NO_BOX)),
    typed("@ picker", "files to choose from", "see @", "see @", ("delivered", "refused(draft)", *NO_BOX)),
    key("shortcuts", "the help that ? opens", "?", seen="commands", want=("delivered", "refused(mode_drift)", *NO_BOX)),
]
