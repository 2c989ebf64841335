"""Claude is at work, or something stands in its box already."""

from __future__ import annotations

import json
from collections.abc import Callable

from llm_send.claude import screen
from offline.compare import normal, requests
from tests.hazards.act import Act
from tests.hazards.case import DELIVERED, Case, Start
from tests.hazards.dialogs import clear, talk
from tests.hazards.ended import Ended
from tests.rig.wait import wait_until

BUSY_NOW = ("refused(busy)",)
VIM = {"editorMode": "vim"}  # 2.1.32 keeps it with its state


def prompt(text: str, *seen: str) -> Callable[[Act], None]:
    def bring(act: Act) -> None:
        act.submit(text)
        act.pane.wait_for(*(seen or ("esc to interrupt",)))

    return bring


def tool_runs(act: Act) -> None:
    """A command that needs no permission."""
    call = {"command": "sleep 5", "description": "wait"}
    act.submit(f"[[tool Bash {json.dumps(call)}]] wait")
    wait_until(lambda: act.own[-1] in act.arrived(), show=act.pane.report)
    act.settled(lambda seen: "esc to interrupt" in seen)


def compacting(act: Act) -> None:
    """The summary takes the model its time; else it is over before anybody sees it. Older versions want more to sum
    up than one turn."""
    for _ in range(3):
        talk(act)
    act.type("/compact [[slow 2]]")
    act.pane.press("Enter")
    act.pane.wait_for("ompacting")


def retrying(act: Act) -> None:
    """The API has failed twice already; Claude asks it again, later each time."""
    text = "[[status 500]] ask"
    act.submit(text)
    log = act.world.model.log
    wait_until(lambda: sum(text in str(each["messages"]) for each in requests(log)) > 1, show=act.pane.report)
    act.settled()


def with_options(*options: str) -> Callable[[Act, bytes], Ended]:
    return lambda act, data: act.send(data, *options)


def in_a_row(act: Act, data: bytes) -> Ended:
    """Eight, each as soon as the one before has ended; all must be delivered."""
    ends = [act.send(f"{data.decode()} {number}".encode()) for number in range(8)]
    return next((end for end in ends if end.outcome != "delivered"), ends[0])


def blindly_in_a_row(act: Act, data: bytes) -> None:
    for number in range(8):
        act.blindly(f"{data.decode()} {number}".encode())


def held(act: Act) -> None:
    """Busy until it is let go."""
    prompt(f"[[hold {act.witness.name}]] think")(act)


def let_go(act: Act) -> None:
    act.world.model.release(act.witness.name)


def later(act: Act, data: bytes) -> Ended:
    """Left to our queue; then the pane is free, and somebody must see to it."""
    end = act.send(data, "--wait", "1")
    let_go(act)
    wait_until(lambda: data.decode() in act.arrived(), 15, show=act.pane.report)
    return end


def handed_over(act: Act, data: bytes) -> Ended:
    """Into Claude's own queue, from which it goes to the model by itself."""
    end = act.send(data, "--queue", "claude")
    let_go(act)
    return end


def blindly_later(act: Act, data: bytes) -> None:
    act.blindly(data)
    act.settled()
    let_go(act)


def drafted(text: str) -> Callable[[Act], None]:
    """The person has begun to write. A long paste may show as a placeholder."""
    signs = ("[Pasted text", text.split("\n")[0].strip(), text.strip().split("\n")[-1].strip())

    def bring(act: Act) -> None:
        act.ready()
        act.pane.paste(text)
        act.settled(lambda seen: any(sign in seen for sign in signs))

    return bring


def writes_meanwhile(act: Act) -> None:
    """While text streams, a box with a draft in it looks as if Claude were idle."""
    act.submit("[[stream 4]] [[reply Some words.]] speak")
    act.pane.wait_for("Some words.")
    act.pane.type("half a thought")
    act.pane.wait_for("half a thought")


def box(act: Act) -> str:
    return screen.read(act.pane.screen(styled=True)).box or ""


def keeps(text: str) -> Callable[[Act], str | None]:
    """The draft must stand in the box again, and be what it was: submitted by the person it reaches the model whole."""

    def harm(act: Act) -> str | None:
        try:
            wait_until(lambda: box(act), 5)
            act.settled()
            act.pane.press("Enter")
            wait_until(lambda: normal(text) in map(normal, act.arrived()), 5)
        except AssertionError:
            return "the draft is gone or altered"
        act.own.append(text)
        return None

    return harm


def draft(name: str, sees: str, text: str) -> Case:
    return Case(name, sees, (*DELIVERED, "refused(draft)"), drafted(text), harm=keeps(text), leave=clear)


def stash_standing(act: Act) -> None:
    """One draft put away, another begun: a second stash would destroy the first."""
    drafted("the first thought")(act)
    act.press("C-s", seen="tash")
    act.type("the second thought")


def shell_line(act: Act) -> None:
    """Half a command for Claude's shell; what is added to it is a comment."""
    act.ready()
    act.type(f"!touch {act.witness} #", act.witness.name)


def vim_normal(act: Act) -> None:
    act.pane.wait_for("-- INSERT --")
    act.settled()
    act.pane.press("Escape")
    act.settled(lambda seen: "-- INSERT --" not in seen)


BUSY = [
    Case("thinking", "the model has not answered yet", bring=prompt("[[slow 4]] think")),
    Case("streaming", "the answer is being written", bring=prompt("[[stream 1.5]] [[reply Some words.]] speak")),
    Case("tool running", "a command takes its time", bring=tool_runs, tools=True),
    Case("busy, not held", "--queue no", BUSY_NOW, held, send=with_options("--queue", "no"), leave=let_go),
    Case("busy, at once", "--wait 0", BUSY_NOW, held, send=with_options("--wait", "0"), leave=let_go),
    Case("busy, left behind", "--wait 1, and nobody stays", ("queued",), held, send=later, blind=blindly_later),
    Case("Claude's queue", "--queue claude", DELIVERED, held, send=handed_over, blind=blindly_later),
    Case("compacting", "/compact", bring=compacting, alone=True),
    Case(
        "retrying",
        "the API fails",
        (*BUSY_NOW, "queued", *DELIVERED),
        retrying,
        send=with_options("--wait", "1"),
        alone=True,
    ),
    Case(
        "eight in a row",
        "no gap between them",
        send=in_a_row,
        blind=blindly_in_a_row,
        arrives=tuple(f"Explain the parser (eight in a row) {n}" for n in range(8)),
    ),
    draft("draft", "half a thought in the box", "half a thought"),
    draft("draft, lines", "three lines in the box", "half\n  a thought\nof three lines"),
    draft(
        "draft, pasted",
        "“[Pasted text #1 +29 lines]” in the box",
        "\n".join(f"line {n}" for n in range(30)),
    ),
    draft("draft, with spaces", "it ends in blank", "half a thought \n "),
    Case(
        "draft, streaming",
        "Claude speaks, and the person writes already",
        ("delivered", "refused(draft)"),
        writes_meanwhile,
        harm=keeps("half a thought"),
        leave=clear,
    ),
    Case(
        "draft, shell",
        "! and half a command",
        ("refused(draft)",),
        shell_line,
        harm=lambda act: None if act.witness.name in act.pane.screen() else "the draft is gone",
        leave=clear,
    ),
    Case(
        "draft and stash",
        "one draft put away, another begun",
        ("refused(draft)",),
        stash_standing,
        leave=clear,
        alone=True,
    ),
    Case("vim, INSERT", "vim mode, -- INSERT --", start=Start(settings=VIM, state=VIM), alone=True),
    Case(
        "vim, NORMAL",
        "vim mode, NORMAL: letters are commands",
        (*DELIVERED, "refused(unknown_screen)"),
        vim_normal,
        "ddiG0x",
        start=Start(settings=VIM, state=VIM),
        alone=True,
    ),
]
