""":LlmSend: its subcommands and what completes them."""

from __future__ import annotations

import pytest

from tests.lua.front import AGAIN, PANE, Front, refused

LISTED = {"ok": True, "panes": [PANE]}
SUBCOMMANDS = ["again", "agents", "auto-accept", "cancel", "close", "doctor", "focus", "fork", "history", "log", "mode"]
SUBCOMMANDS += ["normal", "panes", "plan", "queue", "resolve", "set", "spawn", "target", "why"]


def completed(front: Front, line: str) -> list[str]:
    return list(front.lua("return vim.fn.getcompletion(..., 'cmdline')", line))


def test_subcommands_complete(front: Front) -> None:
    assert completed(front, "LlmSend ") == SUBCOMMANDS
    assert completed(front, "LlmSend p") == ["panes", "plan"]
    assert completed(front, "1,2LlmSend! pl") == ["plan"]
    assert completed(front, "LlmSend plan ") == []
    assert completed(front, "LlmSend spawn a") == ["auto-accept"]


def test_panes_complete_from_the_last_listing(front: Front) -> None:
    front.host.answers(panes=[{"ok": True, "panes": [PANE]}])
    assert completed(front, "LlmSend target ") == [], "it does not wait for the first"
    front.asked(verb="panes")
    front.editor.wait_until(lambda: completed(front, "LlmSend target c") == ["claude-plan"])
    assert completed(front, "LlmSend close claude-p") == ["claude-plan"]
    assert completed(front, "LlmSend queue ") == ["claude-plan"]
    assert completed(front, "LlmSend focus ") == ["claude-plan", "normal", "plan", "auto-accept"]
    assert completed(front, "LlmSend mode claude-plan n") == ["normal"]
    assert front.value("notified") == []


def test_an_unknown_subcommand(front: Front) -> None:
    front.editor.api.command("LlmSend plna")
    assert front.notified() == [f"✗ There is no :LlmSend plna · There are {', '.join(SUBCOMMANDS)}"]


@pytest.mark.parametrize(
    ("command", "verb", "params", "says"),
    [
        ("spawn", "spawn", {"mode": "normal", "where": "h", "focus": False}, "✓ Started claude-plan · plan ✓"),
        ("spawn plan", "spawn", {"mode": "plan", "where": "h", "focus": False}, "✓ Started claude-plan · plan ✓"),
        (
            "spawn plan review",
            "spawn",
            {"mode": "plan", "where": "h", "focus": False, "name": "review"},
            "✓ Started claude-plan · plan ✓",
        ),
        (
            "spawn plan preset=haiku-worker temperature=0.7 env.A=b=c",
            "spawn",
            {
                "mode": "plan",
                "where": "h",
                "focus": False,
                "preset": "haiku-worker",
                "sets": ["temperature=0.7", "env.A=b=c"],
            },
            "✓ Started claude-plan · plan ✓",
        ),
        (
            "fork claude-plan auto-accept model=haiku",
            "fork",
            {"pane": "claude-plan", "mode": "auto-accept", "where": "h", "focus": False, "sets": ["model=haiku"]},
            "✓ Started claude-plan, a copy of claude-plan",
        ),
        ("target claude-plan", "target", {"pane": "claude-plan"}, "✓ Sends without a mode go to claude-plan"),
        ("mode %3 plan", "mode", {"pane": "%3", "mode": "plan"}, "✓ claude-plan is in plan mode"),
        ("close %3", "close", {"pane": "%3"}, "✓ Closed claude-plan"),
    ],
)
def test_verbs(front: Front, command: str, verb: str, params: dict[str, object], says: str) -> None:
    front.host.answers(**{verb: [{"ok": True, "pane": PANE}]})
    front.editor.api.command(f"LlmSend {command}")
    assert front.notified() == [says]
    [asked] = front.host.requests(verb)
    del asked["here"]
    assert asked == params


def test_a_start_that_is_not_all_well_says_so(front: Front) -> None:
    front.host.answers(spawn=[{"ok": True, "pane": PANE, "note": "Hooks are off"}])
    front.editor.api.command("LlmSend spawn plan")
    assert front.notified() == ["! Started claude-plan · Hooks are off"]


@pytest.mark.parametrize(("word", "params"), [("plan", {"mode": "plan"}), ("claude-plan", {"pane": "claude-plan"})])
def test_focus(front: Front, word: str, params: dict[str, str]) -> None:
    front.host.answers(focus=[{"ok": True, "pane": PANE}])
    front.editor.api.command(f"LlmSend focus {word}")
    [asked] = front.asked(verb="focus")
    del asked["here"]
    assert asked == params


def test_focus_alone_goes_to_the_pane_used_last(front: Front) -> None:
    error = {"code": "ambiguous", "message": "2 panes", "hint": None}
    front.host.answers(focus=[{"ok": True, "pane": PANE}, {"ok": False, "error": error}], panes=[LISTED])
    front.editor.api.command("LlmSend focus")
    assert list(front.asked(verb="focus")[0]) == ["here"]
    front.lua("choices = { 1 }")
    front.editor.api.command("LlmSend focus")
    assert front.asked(3, verb="focus")[2]["pane"] == "%3"


@pytest.mark.parametrize("verb", ["target", "close"])
def test_without_a_pane_it_asks(front: Front, verb: str) -> None:
    front.host.answers(panes=[{"ok": True, "panes": [PANE]}], **{verb: [{"ok": True, "pane": PANE}]})
    front.lua("choices = { 1 }")
    front.editor.api.command(f"LlmSend {verb}")
    assert front.asked(verb=verb)[0]["pane"] == "%3"


def test_mode_of_a_pane_to_be_picked(front: Front) -> None:
    front.host.answers(panes=[{"ok": True, "panes": [PANE]}], mode=[{"ok": True, "pane": PANE}])
    front.lua("choices = { 1 }")
    front.editor.api.command("LlmSend mode plan")
    asked = front.asked(verb="mode")[0]
    assert (asked["pane"], asked["mode"]) == ("%3", "plan")


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("mode", "✗ Which mode? found none, expected normal, plan, auto-accept · :LlmSend mode [pane] {mode}"),
        (
            "spawn auto",
            '✗ Which mode? found "auto", expected normal, plan, auto-accept · :LlmSend spawn [mode] [name] [key=value]',
        ),
    ],
)
def test_a_mode_that_is_none(front: Front, command: str, says: str) -> None:
    front.editor.api.command(f"LlmSend {command}")
    assert front.notified() == [says]


CHANGED = {
    "ok": True,
    "pane": PANE,
    "changes": [{"key": "model", "before": None, "after": "haiku"}],
    "lost": ["permissions given for the session", "this and that"],
}


def test_set_asks_before_claude_starts_again(front: Front) -> None:
    front.host.answers(set=[CHANGED, CHANGED, CHANGED, {**CHANGED, "changes": []}, {**CHANGED, "changes": []}])
    front.lua("choices = { 2 }")
    front.editor.api.command("LlmSend set claude-plan model=haiku preset=haiku-worker")
    front.editor.wait_until(lambda: front.lua("return #choices") == 0)
    assert [asked.get("trial") for asked in front.host.requests("set")] == [True]
    front.lua("choices = { 1 }")
    front.editor.api.command("LlmSend set claude-plan model=haiku preset=haiku-worker")
    front.editor.wait_until(lambda: front.notified() == ["✓ claude-plan goes on with another model"])
    asked = front.host.requests("set")[-1]
    assert (asked["pane"], asked["preset"], asked["sets"]) == ("claude-plan", "haiku-worker", ["model=haiku"])
    assert "trial" not in asked
    front.editor.api.command("LlmSend set claude-plan model=haiku")
    front.editor.wait_until(lambda: front.notified()[-1] == "✓ claude-plan had all of that already")
    front.editor.api.command("LlmSend! set claude-plan model=haiku")
    front.editor.wait_until(lambda: len(front.host.requests("set")) == 5)
    assert "trial" not in front.host.requests("set")[-1]


def test_set_says_what_changes_and_what_is_lost(front: Front) -> None:
    front.host.answers(set=[CHANGED])
    front.lua("choices = { 2 }")
    front.editor.api.command("LlmSend set claude-plan model=haiku")
    front.editor.wait_until(lambda: front.lua("return #choices") == 0)
    assert [select["prompt"] for select in front.lua("return selects")] == [
        (
            "claude-plan starts again, in the same conversation, with\n  model: Claude's own → haiku\n"
            "It loses permissions given for the session, this and that."
        )
    ]


@pytest.mark.parametrize("command", ["set", "set claude-plan", "set claude-plan haiku", "fork", "fork claude-plan pla"])
def test_a_configuration_that_is_none(front: Front, command: str) -> None:
    front.editor.api.command(f"LlmSend {command}")
    assert front.notified()[0].startswith(("✗ Which pane, and what", "✗ A copy of which pane, in which mode?"))


def test_keys_and_presets_complete(front: Front) -> None:
    front.host.answers(presets=[{"ok": True, "presets": [{"name": "haiku-worker"}, {"name": "opus-heavy"}]}])
    assert completed(front, "LlmSend spawn plan te") == ["temperature="]
    assert completed(front, "LlmSend spawn plan name mo") == ["model="]
    assert completed(front, "LlmSend spawn plan preset=") == [], "it does not wait for the first"
    front.editor.wait_until(lambda: completed(front, "LlmSend set claude-plan preset=o") == ["preset=opus-heavy"])
    assert completed(front, "LlmSend fork claude-plan p") == ["plan"]
    assert completed(front, "LlmSend fork claude-plan plan preset=h") == ["preset=haiku-worker"]


def test_bang_sends_now_or_not_at_all(front: Front) -> None:
    front.fill("text")
    front.editor.api.command("LlmSend! plan")
    assert front.asked()[0]["wait"] == 0


def test_cancel(front: Front) -> None:
    front.fill("text")
    cancelled = refused("cancelled", "Cancelled")
    front.host.answers(send=[{**cancelled, "after": 0.3}], cancel=[{"ok": True, "cancelled": ["s1"]}])
    front.press("<Plug>(llm-send-plan)")
    front.editor.api.command("LlmSend cancel")
    assert sorted(front.notified(2)) == ["✓ Cancelled 1 send", "✗ Cancelled" + AGAIN]
    front.host.answers(cancel=[{"ok": True, "cancelled": []}])
    front.editor.api.command("LlmSend cancel")
    assert front.notified(3)[2] == "✓ No send was waiting"


@pytest.mark.parametrize(
    ("command", "text", "mode"),
    [
        ("/clear", "/clear", None),
        ("!git status | wc -l", "!git status | wc -l", None),
        ("plan /compact keep  the names", "/compact keep  the names", "plan"),
    ],
)
def test_a_command_of_claudes(front: Front, command: str, text: str, mode: str | None) -> None:
    front.fill("the buffer")
    front.editor.api.command(f"LlmSend! {command}")
    [params] = front.asked()
    assert (params["text"], params.get("mode"), params["as_command"]) == (text, mode, True)
    assert "wait" not in params


def test_a_command_of_claudes_wants_a_bang(front: Front) -> None:
    front.fill("the buffer")
    front.editor.api.command("LlmSend plan /clear")
    assert front.notified() == ["✗ That is a command of Claude's · :LlmSend! plan /clear sends it as one"]
    assert front.host.pids() == []


def test_log(front: Front) -> None:
    front.editor.api.command("LlmSend log")
    assert front.notified() == ["✗ There is no log yet · ~/.local/state/llm-send/llm-send.log"]
    front.lua("vim.fn.mkdir(vim.env.HOME .. '/.local/state/llm-send', 'p')")
    front.lua("vim.fn.writefile({ 'one', 'two' }, vim.env.HOME .. '/.local/state/llm-send/llm-send.log')")
    front.editor.api.command("LlmSend log")
    assert front.editor.api.current.buffer[:] == ["one", "two"]
    assert front.lua("return { vim.bo.readonly, vim.fn.line('.') }") == [True, 2]
