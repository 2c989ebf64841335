"""The words for modes: ours, Claude's, and those that must never be taken for one another."""

from __future__ import annotations

import pytest

from llm_send.errors import UsageError
from llm_send.modes import Mode, from_claude, label_of, parse_mode

MEANT = {
    "normal": Mode.NORMAL,
    "default": Mode.NORMAL,
    "manual": Mode.NORMAL,
    "plan": Mode.PLAN,
    "auto-accept": Mode.AUTO_ACCEPT,
    "acceptEdits": Mode.AUTO_ACCEPT,
}
NOT_OURS = [
    "auto",
    "dontAsk",
    "bypassPermissions",
    "",
    "Plan",
    "PLAN",
    " plan",
    "planned",
    "accept-edits",
    "a-mode-to-come",
]


@pytest.mark.parametrize("word", MEANT)
def test_words_that_name_a_mode(word: str) -> None:
    assert parse_mode(word) is MEANT[word]


@pytest.mark.parametrize("word", NOT_OURS)
def test_words_that_do_not(word: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_mode(word)
    assert caught.value.found == word
    assert caught.value.expected == ["normal", "plan", "auto-accept"]
    assert caught.value.exit_code == 2


def test_auto_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"auto is Claude's own mode; say auto-accept"):
        parse_mode("auto")


def test_every_mode_comes_back_from_claude() -> None:
    for mode in Mode:
        assert from_claude(mode.claude) == mode.value
        assert parse_mode(mode.claude) is mode
    assert from_claude("manual") == "normal"


@pytest.mark.parametrize("value", ["auto", "dontAsk", "bypassPermissions", "normal", "auto-accept", "", "new"])
def test_what_is_not_ours_never_equals_a_mode(value: str) -> None:
    seen = from_claude(value)
    assert seen == f"claude:{value}"
    assert all(seen != mode.value for mode in Mode)


def test_labels_are_for_people() -> None:
    assert [label_of(mode.value) for mode in Mode] == ["Normal Mode", "Plan Mode", "Auto-Accept Mode"]
    assert label_of("claude:auto") == "Claude's own mode “auto”"
    assert label_of(None) == "an unknown mode"
