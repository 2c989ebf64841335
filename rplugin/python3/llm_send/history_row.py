"""One send as the history holds it: the row of its table, and the object made from it."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from llm_send import processes
from llm_send.outcomes import Outcome, Reason, Receipt

Step = Literal["resolve", "waiting", "look", "mode", "stash", "paste", "see", "enter", "evidence"]
CLAIMED: tuple[Step, ...] = ("look", "mode", "stash")  # somebody works on it, and nothing of the text is in the pane
BEFORE_ENTER: tuple[Step, ...] = ("paste", "see")  # the text may stand in the box, and Enter has not been pressed


@dataclass(frozen=True)
class Send:
    """One send. `mode` is our word, None when a pane was asked for; `created_at`, `settled_at` unix seconds.

    The owner is the process that asked, from the claim on the one that delivers; `owner_start` is
    `processes.start_time` of it, "" where that is not known; `asker` names for good the one that asked. `server`,
    `pane` (tmux's id), `pane_name` and `pane_pid` are None until it is known where it goes; `folder` is that pane's
    private folder, None for an unguarded one.
    `position` is its place in that pane's queue, lower first; `held` whether it has waited there for a busy pane.
    `request` is what was asked, for whoever has to find the pane anew. `transcript` and `transcript_from` (bytes) say
    where the evidence begins; `notes` what cleaning changed. `outcome` and what belongs to it are None while it is
    open. `text` is "" where it is not kept any more.
    """

    id: str
    created_at: float
    text: str
    sha256: str
    mode: str | None
    owner_pid: int
    owner_start: str
    step: Step = "resolve"
    server: str | None = None
    pane: str | None = None
    pane_name: str | None = None
    pane_pid: int | None = None
    folder: str | None = None
    outcome: Outcome | None = None
    reason: Reason | None = None
    message: str | None = None
    hint: str | None = None
    receipt: Receipt | None = None
    elapsed_ms: float | None = None
    asker: str | None = None
    settled_at: float | None = None
    position: float | None = None
    held: bool = False
    request: Mapping[str, Any] = field(default_factory=dict)
    transcript: str | None = None
    transcript_from: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def as_command(self) -> bool:
        """Whether it is a slash command or a `!` line on purpose."""
        return bool(self.request.get("as_command"))

    @property
    def waits(self) -> bool:
        """Whether it stands in its pane's queue, free to be claimed: also once a claimer died before the paste."""
        if self.outcome is not None:
            return False
        return self.step == "waiting" or (self.step in CLAIMED and not self.owned)

    @property
    def free(self) -> bool:
        """Whether nobody works on it: it waits, or its sender died before it had found a pane."""
        return self.waits or (self.step == "resolve" and self.abandoned)

    @property
    def abandoned(self) -> bool:
        """Whether it was under way and its owner has died; what waits needs no owner."""
        return self.outcome is None and self.step != "waiting" and not self.owned

    @property
    def owned(self) -> bool:
        """Whether the process that asked for it, or delivers it, is alive."""
        return processes.alive(self.owner_pid, self.owner_start)


COLUMNS = tuple(each.name for each in fields(Send) if each.name != "text")
# Only our own names go into statements, never values.
INSERT = f"INSERT INTO send ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608
SELECT = f"SELECT {', '.join(COLUMNS)}, text FROM send JOIN prompt USING (id)"  # noqa: S608


def new_send(text: str, sha256: str, *, mode: str | None, now: float, **more: Any) -> Send:
    """A send of this process, about to begin; `more` are further fields."""
    pid, start = own_process()
    known = {"id": uuid.uuid4().hex, "owner_pid": pid, "owner_start": start, "asker": asker(pid, start)}
    return Send(created_at=now, text=text, sha256=sha256, mode=mode, **{**known, **more})


def own_process() -> tuple[int, str]:
    """Who we are, as an owner."""
    pid = os.getpid()
    return pid, processes.start_time(pid) or ""


def asker(pid: int, start: str) -> str:
    """How a row names the process that asked."""
    return f"{pid} {start}"


def cells(send: Send) -> list[object]:
    """The values of `COLUMNS`."""
    return [cell(getattr(send, name)) for name in COLUMNS]


def cell(value: object) -> object:
    """A value as SQLite keeps it."""
    if isinstance(value, Receipt):
        return json.dumps(asdict(value))
    return json.dumps(value) if isinstance(value, tuple | list | Mapping) else value


def send_of(row: tuple[object, ...]) -> Send:
    """The send of a row that `SELECT` gave."""
    values: dict[str, Any] = dict(zip((*COLUMNS, "text"), row, strict=True))
    if values["receipt"]:
        receipt = json.loads(values["receipt"])
        values["receipt"] = Receipt(**{**receipt, "evidence": tuple(receipt["evidence"])})
    values["held"] = bool(values["held"])
    values["request"] = json.loads(values["request"] or "{}")
    values["notes"] = tuple(json.loads(values["notes"] or "[]"))
    return Send(**values)
