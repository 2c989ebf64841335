"""The command line of a Claude that is started once more."""

from __future__ import annotations

import pytest

from llm_send.claude.again import again
from llm_send.errors import UsageError

ID = "0f6c3d7e-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("claude", "claude"),
        ("claude --resume", "claude"),
        ("claude -r old --verbose", "claude --verbose"),
        ("claude --resume=old -c --fork-session", "claude"),
        ("claude --session-id old --model opus --effort=low", "claude --model opus --effort=low"),
        ("claude --add-dir /a /b --verbose", "claude --add-dir /a /b --verbose"),
        ("claude --mcp-config a.json b.json", "claude --mcp-config a.json b.json"),
        ("npx @anthropic-ai/claude-code --continue --bare", "npx @anthropic-ai/claude-code --bare"),
    ],
)
def test_what_is_kept(given: str, kept: str) -> None:
    assert again(given.split(), None) == kept.split()
    assert again(given.split(), ID) == [*kept.split(), "--resume", ID]
    assert again(given.split(), ID, fork=True) == [*kept.split(), "--resume", ID, "--fork-session"]


@pytest.mark.parametrize("given", ["fix the bug", "--worktree", "--bg", "--", "--model", "--verbose=1 prompt"])
def test_what_cannot_be_given_again(given: str) -> None:
    with pytest.raises(UsageError, match="a second time"):
        again(["claude", *given.split()], ID)


def test_another_program() -> None:
    with pytest.raises(UsageError, match="starts vim"):
        again(["vim"], None)
