"""What is left when all is over: the history, the log, the transcripts, the files that should not be there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from llm_send.claude import sessions
from offline.compare import new_texts, requests, user_texts
from torture.arrivals import tags_in
from torture.judge import Evidence
from torture.play import Run
from torture.told import Asked, Told

UNASKED = ("sleep",)
"""Commands that Claude Code runs without a question: the schedule uses them to keep it busy."""
SESSION = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\W*$)")


def gathered(run: Run, log: Path) -> Evidence:
    """`log` is the model's, or one with a fault planted in it."""
    stage = run.stage
    conversations, answered = _in_log(log)
    return Evidence(
        asked=[_with_notices(asked, run.notices) for asked in run.asked],
        rows=stage.context(stage.world.project, None).history.recent(1_000_000),
        arrived=user_texts(log),
        own=run.own,
        moved=frozenset(run.moved),
        ran=dict(_modes(Path(stage.world.environment["CLAUDE_CONFIG_DIR"]))),
        made=sorted(each.name for each in stage.witness.iterdir()),
        run={file.name: len(file.read_text().splitlines()) for file in stage.ran.iterdir()},
        answered=answered,
        conversations=conversations,
        started=stage.started,
        deaths=stage.deaths,
        witness=str(stage.witness),
    )


def _with_notices(asked: Asked, notices: Sequence[Told]) -> Asked:
    """And what its sender was told later."""
    ids = {told.id for told in asked.told if told.id}
    later = [told for told in notices if told.id in ids and told not in asked.told]
    return replace(asked, told=[*asked.told, *later])


def _in_log(log: Path) -> tuple[list[str], list[str]]:
    """Each conversation with its first text, and what tools answered that must have been approved by somebody."""
    conversations: dict[str, str] = {}
    unasked: set[str] = set()
    answers: dict[str, str] = {}
    for request in requests(log):
        name = SESSION.search(str(request.get("metadata", {}).get("user_id", "")))
        assert name, request.get("metadata")
        conversations.setdefault(name[0], f"{name[0]}: {[text[-60:] for *_, text in new_texts(request)]}")
        for block in _blocks(request):
            if block.get("type") == "tool_use" and str(block["input"].get("command", "")).startswith(UNASKED):
                unasked.add(block["id"])
            if block.get("type") == "tool_result" and not block.get("is_error"):
                answers.setdefault(block["tool_use_id"], str(block.get("content")))
    return list(conversations.values()), [said for id, said in answers.items() if id not in unasked]  # noqa: A001


def _blocks(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for message in request["messages"]:
        content = message.get("content", "")
        yield from content if isinstance(content, list) else ()


def _modes(config: Path) -> Iterator[tuple[str, str]]:
    """In which mode each text ran, by its tag, as Claude's transcripts say."""
    for transcript in config.glob("projects/*/*.jsonl"):
        for taken in sessions.taken_since(transcript, 0):
            if taken.mode:
                yield from ((tag, taken.mode) for tag in tags_in(taken.text)[:1])
