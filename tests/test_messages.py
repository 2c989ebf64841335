"""What people are told: every message is a sentence, and says what to do where something can be done."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import get_args

import pytest

from llm_send.entry.nvim_hints import with_hints
from llm_send.outcomes import Reason
from tests.test_imports import FILES

ERRORS = {"LlmSendError", "UsageError", "Refused", "TmuxError", "Unconfirmed", "NotResolved", "StartRefused"}
CODE_FIRST = ERRORS - {"StartRefused"}
REASONS = {"Refused", "Unconfirmed", "NotResolved"}


@dataclass(frozen=True)
class Raised:
    """One place where an error is made. Parts of a text that are not known here read `X`."""

    place: str
    kind: str
    code: str | None
    messages: tuple[str, ...]
    hints: tuple[str, ...] | None

    def __str__(self) -> str:
        return self.place


def texts(node: ast.expr | None, scope: dict[str, list[ast.expr]]) -> tuple[str, ...]:
    """What an expression can read, as far as the source says."""
    if isinstance(node, ast.Constant):
        return (str(node.value),) if isinstance(node.value, str) else ()
    if isinstance(node, ast.JoinedStr):
        return ("".join(part.value if isinstance(part, ast.Constant) else "X" for part in node.values),)  # type: ignore[misc]
    if isinstance(node, ast.IfExp):
        return texts(node.body, scope) + texts(node.orelse, scope)
    if isinstance(node, ast.BinOp):
        return tuple(a + b for a in texts(node.left, scope) or ("X",) for b in texts(node.right, scope) or ("X",))
    if isinstance(node, ast.Name):
        return tuple(text for value in scope.get(node.id, []) for text in texts(value, {}))
    return ()


def scope_of(function: ast.AST) -> dict[str, list[ast.expr]]:
    scope: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value] * len(names)
                for name, value in zip(names, values, strict=False):
                    if isinstance(name, ast.Name):
                        scope.setdefault(name.id, []).append(value)
    return scope


def raised() -> list[Raised]:
    found = []
    for name, file in FILES.items():
        for function in ast.walk(ast.parse(file.read_text())):
            if not isinstance(function, ast.FunctionDef):
                continue
            scope = scope_of(function)
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                    arguments = node.args if node.func.id in CODE_FIRST else [ast.Constant("waiting"), *node.args[1:]]
                    code = texts(arguments[0], scope)
                    hint = arguments[2] if len(arguments) > 2 else None
                    none = hint is None or (isinstance(hint, ast.Constant) and hint.value is None)
                    found.append(
                        Raised(
                            f"{name}:{node.lineno}",
                            node.func.id,
                            code[0] if code else None,
                            texts(arguments[1], scope) if len(arguments) > 1 else (),
                            None if none else texts(hint, scope),
                        )
                    )
    return found


ALL = raised()


def test_they_are_found() -> None:
    assert len(ALL) > 40


@pytest.mark.parametrize("one", ALL, ids=str)
def test_a_message_is_a_sentence(one: Raised) -> None:
    for message in one.messages:
        first = message.removeprefix("X")
        assert first != message or message[0].isupper() or message.startswith(("tmux", "claude", "auto", "-")), message
        assert re.search(r"[.:?]$|X$", message) or message.startswith("No "), message  # these run on into their hint
        assert "  " not in message
        assert "\n" not in message


@pytest.mark.parametrize("one", ALL, ids=str)
def test_a_hint_is_one_too(one: Raised) -> None:
    for hint in one.hints or ():
        assert hint.strip() == hint
        assert hint[0].isupper() or hint.startswith(("X", "llm-send")), hint


@pytest.mark.parametrize("one", [one for one in ALL if one.kind in REASONS], ids=str)
def test_a_refusal_has_a_reason_of_the_contract(one: Raised) -> None:
    assert one.code is None or one.code in get_args(Reason), one.code


@pytest.mark.parametrize("one", [one for one in ALL if one.kind in {"Refused", "Unconfirmed", "UsageError"}], ids=str)
def test_one_can_act_on_a_refusal(one: Raised) -> None:
    if not one.place.startswith("entry/nvim_requests"):  # what only another program can get wrong
        assert one.hints is not None or one.code == "cancelled"


COMMANDS = sorted({hint for one in ALL for hint in one.hints or () if re.search(r"llm-send [a-z]", hint)})


def test_in_neovim_a_hint_names_neovims_command() -> None:
    assert len(COMMANDS) > 8
    for command in COMMANDS:
        words = with_hints({"error": {"hint": command}, "sends": [{"hint": command, "text": command}]})
        assert words["sends"][0]["text"] == command
        said = words["error"]["hint"]
        assert words["sends"][0]["hint"] == said
        said = re.sub(r":checkhealth llm-send|\bllm-send config [a-z]+", "", said)  # the files are a shell's affair
        assert "llm-send" not in said or "server of 3.2" in said, said
    assert with_hints({"hint": "Close it: llm-send close a-b --force"}) == {"hint": "Close it: :LlmSend! close a-b"}
    assert with_hints({"hint": None}) == {"hint": None}
