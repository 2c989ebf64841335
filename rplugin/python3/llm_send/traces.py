"""What can still be seen of a text some time after it was sent: in the pane's journal, in transcripts, in the box.

Nothing here presses a key. What another send of the same text has already been proven by is no trace of this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from llm_send import commands, journal, rules
from llm_send.claude import sessions
from llm_send.claude.transcript import commands_since
from llm_send.history import Send
from llm_send.inbox import shows
from llm_send.live import LivePane
from llm_send.target import TICK, Clock, Parcel, Target

Box = Literal["text", "empty", "other"]
STANDS = 1.0  # seconds a text must stand unchanged in an idle box before it counts as left there
SETTLES = 5.0  # seconds for a hook to end, or for a box to be drawn


@dataclass(frozen=True)
class Traces:
    """`taken` is the prompt in a transcript, `within` a longer one that holds it; `elsewhere` is whether another
    session of the same project has it. `searched` is whether it is known where it would stand. `event` is what the
    gate said of it, `ended` whether a turn has ended since."""

    taken: sessions.Taken | None = None
    within: sessions.Taken | None = None
    elsewhere: bool = False
    searched: bool = False
    event: journal.Event | None = None
    ended: bool = False


def traces(send: Send, live: LivePane | None, alike: Sequence[Send]) -> Traces:
    """Look in the journal and the transcripts. `live` is the pane if it is there still, `alike` are other sends of the
    same text."""
    folder = Path(send.folder) if send.folder else None
    event = journal.own(folder, send.id) if folder else None
    later = journal.latest(folder)[1] if folder and event else None
    known, now = _transcripts(send, live, event)
    since = _commands_since if send.as_command else _since
    prompts = [taken for file, start in known.items() for taken in since(file, start, send)]
    wanted = rules.normal(send.text)
    return Traces(
        taken=_same(prompts, wanted, event, [each for each in alike if (each.settled_at or 0) >= send.created_at]),
        within=next((each for each in prompts if _holds(each, wanted)), None),
        elsewhere=any(_holds(each, wanted) for file in _others(known) for each in since(file, 0, send)),
        searched=now is not None or any(file.is_file() for file in known),
        event=event,
        ended=bool(event and later and journal.ends(later, event)),
    )


def _transcripts(send: Send, live: LivePane | None, event: journal.Event | None) -> tuple[dict[Path, int], Path | None]:
    """Where its prompt may stand, each with the length it had before Enter, 0 where that was not noted; and which of
    them the pane's Claude writes now (it makes the file with its first prompt)."""
    known = {Path(send.transcript): send.transcript_from or 0} if send.transcript else {}
    if event and event.transcript:
        known.setdefault(Path(event.transcript), 0)
    if live:
        live.mark()
    now = live.baseline.transcript if live else None
    if now:
        known.setdefault(now, 0)
    return known, now


def _others(known: Iterable[Path]) -> Iterator[Path]:
    """The other transcripts beside these: of sessions before /clear or a new start, or of other panes."""
    return (file for folder in {file.parent for file in known} for file in folder.glob("*.jsonl") if file not in known)


def _since(transcript: Path, start: int, send: Send) -> list[sessions.Taken]:
    if not _written_since(transcript, send.created_at):
        return []
    found = sessions.taken_since(transcript, start)
    return [taken for taken in found if taken.at is None or taken.at >= send.created_at]


def _commands_since(transcript: Path, start: int, send: Send) -> list[sessions.Taken]:
    """The same of a deliberate command, as if each that ran were a prompt of this text."""
    if not _written_since(transcript, send.created_at):
        return []
    found = [one for one in commands_since(transcript, start) if commands.is_record_of(send.text, one)]
    ours = [one for one in found if one.at is None or one.at >= send.created_at]
    return [sessions.Taken(send.text, one.prompt_id, None) for one in ours]


def _written_since(transcript: Path, began: float) -> bool:
    try:
        return transcript.stat().st_mtime >= began
    except OSError:
        return False


def _holds(taken: sessions.Taken, wanted: str) -> bool:
    return bool(wanted) and wanted in rules.normal(taken.text)


def _same(
    prompts: Sequence[sessions.Taken], wanted: str, event: journal.Event | None, alike: Sequence[Send]
) -> sessions.Taken | None:
    """The prompt that is this text: by the id the gate saw; else by the text, if no other send accounts for it."""
    if event and event.prompt_id:
        return next((each for each in prompts if each.prompt_id == event.prompt_id), None)
    receipts = [each.receipt for each in alike if each.receipt]
    others = {receipt.prompt_id for receipt in receipts if receipt.prompt_id}
    unnamed = sum(receipt.prompt_id is None for receipt in receipts)
    equal = [each for each in prompts if wanted and rules.normal(each.text) == wanted]
    own = [each for each in equal if not (each.prompt_id and each.prompt_id in others)]
    return own[0] if len(own) > unnamed else None


def box(target: Target, parcel: Parcel, clock: Clock) -> Box:
    """What stands in the pane's box, once that has come to rest. Needs the turn."""
    end, since = clock.now() + SETTLES, None
    while True:
        look = target.look()
        if not shows(look, parcel):
            return "empty" if look.screen.empty_box else "other"
        rests = look.state == "idle" and not look.screen.hook_running
        since = (since or clock.now()) if rests else None
        if since is not None and clock.now() - since >= STANDS:
            return "text"
        if clock.now() >= end:
            return "other"
        clock.pause(TICK)
