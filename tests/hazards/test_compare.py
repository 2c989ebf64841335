"""The judge of the stand-in's log: what is right is not blamed, and each fault turns it red."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from offline.compare import Verdict, judge, user_texts
from tests.hazards.plant import PLANTS, planted, with_fault
from tests.hazards.row import Row


def user(*texts: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "text", "text": text} for text in texts]}


SPOKE = {"role": "assistant", "content": [{"type": "text", "text": "Understood."}]}
RESULT = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "made"}]}
REMINDER = "<system-reminder>\nThe person's name is Ada.\n</system-reminder>"


def log_of(folder: Path, *conversations: list[dict[str, Any]], session: str = "s", tools: bool = True) -> Path:
    """Each conversation as one request."""
    log = folder / "model.jsonl"
    with log.open("a") as out:
        for messages in conversations:
            body = {"messages": messages, "tools": [{}] * tools, "metadata": {"user_id": session}}
            out.write(json.dumps({"at": 0, "path": "/v1/messages?beta=true", "body": json.dumps(body)}) + "\n")
    return log


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Two texts, an answer and a tool's result between them, the second asked for twice after an error."""
    one, two = user(REMINDER, "one"), user('<pasted_content id="a1">\ntwo\n\tlines\n</pasted_content id="a1">')
    second = [one, SPOKE, two]
    return log_of(tmp_path, [one], second, second, [*second, SPOKE, RESULT])


def test_a_conversation_that_grows_says_each_text_once(log: Path) -> None:
    assert judge(user_texts(log), ["one", "two\n    lines"]) == Verdict()


def test_what_the_model_is_asked_besides_is_not_the_conversation(log: Path) -> None:
    log_of(log.parent, [user("Write a title")], tools=False)
    assert judge(user_texts(log), ["one", "two\n    lines"]).ok


@pytest.mark.parametrize(
    "wrapped",
    [
        "The user sent a new message while you were working:\n{}\n\nThis is how users steer.",
        (
            "<system-reminder>\nThe user sent a new message while you were working:\n{}\n\n"
            "IMPORTANT: After completing your current task, you MUST address it.\n</system-reminder>"
        ),
    ],
)
@pytest.mark.parametrize("role", ["user", "system"])
def test_a_text_that_came_mid_turn_is_the_persons(tmp_path: Path, wrapped: str, role: str) -> None:
    log = log_of(tmp_path, [user("one"), SPOKE, RESULT, user(wrapped.format("two\n\nlines")) | {"role": role}])
    assert judge(user_texts(log), ["two\n\nlines"]).ok


def test_what_else_claude_says_of_its_own_is_not(tmp_path: Path) -> None:
    log = log_of(tmp_path, [user("one") | {"role": "system"}, user("two")])
    assert judge(user_texts(log), ["two"]).ok


def test_a_line_that_is_being_written_is_left_for_later(log: Path) -> None:
    with log.open("a") as out:
        out.write('{"path": "/v1/mess')
    assert len(user_texts(log)) == 2


def test_a_text_that_stands_twice_came_twice(tmp_path: Path) -> None:
    log = log_of(tmp_path, [user("one", "one")], [user("one", "one"), SPOKE, user("one")])
    assert judge(user_texts(log), ["one"]).doubled == ("one", "one")
    assert judge(user_texts(log), ["one"] * 3).ok


def test_another_session_says_it_again(log: Path) -> None:
    log_of(log.parent, [user("one")], session="another")
    assert judge(user_texts(log), ["one", "two\n\tlines"]).doubled == ("one",)


@pytest.mark.parametrize(
    ("arrived", "found"),
    [
        (["a"], Verdict(lost=("b",))),
        ([], Verdict(lost=("a", "b"))),
        (["a", "b", "b"], Verdict(doubled=("b",))),
        (["a\nb"], Verdict(lost=("a", "b"), merged=("a\nb",))),
        (["a", "b "], Verdict()),
        (["a", "B"], Verdict(lost=("b",), altered=("B",))),
        (["b", "a"], Verdict(disordered=True)),
        (["a", "m", "b"], Verdict()),
        (["a", "m", "b", "m"], Verdict(doubled=("m",))),
        (["a", "b", "/clear"], Verdict(merged=("/clear",))),
        (["a", "b", "ö"], Verdict(altered=("ö",))),
    ],
)
def test_what_is_wrong_is_named(arrived: list[str], found: Verdict) -> None:
    assert judge(arrived, ["a", "b"], maybe=["m"]) == found
    assert (str(found) == "as sent") == found.ok


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_turns_it_red(log: Path, tmp_path: Path, name: str) -> None:
    copy = planted(log, lambda messages: PLANTS[name](messages, "one", "two\n    lines"), tmp_path / "copy")
    found = judge(user_texts(copy), ["one", "two\n    lines"])
    assert getattr(found, name)
    assert name in str(found)


def test_an_unharmed_copy_stays_green(log: Path, tmp_path: Path) -> None:
    copy = planted(log, lambda messages: messages, tmp_path / "copy")
    assert judge(user_texts(copy), ["one", "two\n    lines"]).ok


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_turns_its_row_red(tmp_path: Path, name: str) -> None:
    before, after = user("before"), user("after")
    one, two = [before, SPOKE, user("one")], [before, SPOKE, user("one"), SPOKE, user("two")]
    log = log_of(tmp_path, [before], one, two, [*two, SPOKE, after])
    row = Row("a case", "a sight", "ours", ("delivered",), "delivered", span=(1, 3), sent=("one", "two"))
    assert judge(user_texts(log)[1:3], row.sent).ok
    assert with_fault(row, log, name, tmp_path).fault == f"1 {name}" or name == "merged"
    assert not with_fault(row, log, name, tmp_path).harmless
