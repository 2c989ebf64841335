"""What transcripts say of commands and of Claude's own queue, on records of real sessions (tests/transcripts)."""

from __future__ import annotations

from pathlib import Path

import pytest

from llm_send.claude.transcript import Ran, commands_since, queued_since

FOLDER = Path(__file__).parent / "transcripts"
VERSIONS = ("2.1.329", "2.1.257", "2.1.32")
FOO = [
    ("slash", "foo", ""),
    ("slash", "foo", "two words"),
    ("slash", "foo", "a<b> & </command-args> c"),
    ("slash", "foo", "first\nsecond"),
    ("slash", "foo", "after tab"),
]
MODEL = ("slash", "model", "sonnet")
RENAME = ("slash", "rename", "zz")
UNKNOWN = [("unknown", "nosuch", "")] * 2
SHELL = [("shell", "", "echo hi"), ("shell", "", ' printf "a\\n"\nfalse')]
BLOCKED = [("blocked", "", "/foo BLOCKME"), ("blocked", "", "say BLOCKME")]
CLEARED = [("slash", "compact", ""), ("slash", "clear", "")]
EXPECTED = {
    "2.1.329": [*FOO, MODEL, RENAME, *UNKNOWN, *SHELL, *BLOCKED, ("slash", "model", ""), *CLEARED],
    "2.1.257": [*FOO, MODEL, RENAME, *UNKNOWN, *SHELL, *BLOCKED, ("slash", "model", ""), *CLEARED],
    # It takes a pasted `!` for text, and a second `/foo` went wrong in another way while this was recorded.
    "2.1.32": [*FOO[1:], RENAME, *UNKNOWN, *BLOCKED, ("slash", "help", ""), ("slash", "cost", ""), *CLEARED],
}


def parts(ran: Ran) -> tuple[str, str, str]:
    return ran.kind, ran.name, ran.text if ran.kind != "slash" else ran.text.strip()


@pytest.mark.parametrize("version", VERSIONS)
def test_each_command_that_ran_and_nothing_else(version: str) -> None:
    assert [parts(ran) for ran in commands_since(FOLDER / f"{version}.jsonl", 0)] == EXPECTED[version]


def test_ids_and_times() -> None:
    first = commands_since(FOLDER / "2.1.329.jsonl", 0)[0]
    assert first.prompt_id == "prompt-2"
    assert first.at == pytest.approx(1795271153.975)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_steps_of_the_queue(version: str) -> None:
    steps = [(step.operation, step.text) for step in queued_since(FOLDER / f"{version}.jsonl", 0)]
    texts = {"2.1.329": '<pasted_content id="e6c0">\nq two\nb\nc\nd\ne\n</pasted_content id="e6c0">'}
    assert steps[:6] == [
        ("enqueue", "queued    one"),
        ("enqueue", texts.get(version, "q two\nb\nc\nd\ne")),
        ("dequeue", None),
        ("dequeue", None),
        ("enqueue", "to pop"),
        ("popAll", "to pop"),
    ]


def test_only_past_the_baseline_and_whole_lines(tmp_path: Path) -> None:
    whole = (FOLDER / "2.1.329.jsonl").read_bytes()
    start = whole.index(b'{"type":"user","message":{"role":"user","content":"<bash-input>echo hi')
    file = tmp_path / "t.jsonl"
    file.write_bytes(whole[: start + 60])
    before = commands_since(file, 0)
    assert [ran.name for ran in before] == [*["foo"] * 5, "model", "rename", "nosuch", "nosuch"]
    assert commands_since(file, start) == []
    file.write_bytes(whole)
    assert parts(commands_since(file, start)[0]) == SHELL[0]


def test_what_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    assert commands_since(tmp_path / "none.jsonl", 0) == []
    assert queued_since(tmp_path / "none.jsonl", 0) == []
    file = tmp_path / "t.jsonl"
    lines = ['{"type":"user","message":null}', '"type":"user"', '{"type":"user","message":{"content":[1]}}', "[]"]
    file.write_text("\n".join(lines) + "\n")
    assert commands_since(file, 0) == []


def test_of_a_subagent_nothing_counts(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text('{"type":"user","isSidechain":true,"message":{"content":"<command-name>/x</command-name>"}}\n')
    assert commands_since(file, 0) == []
