"""What an agent asks for is decided, recorded and, where need be, asked of the person."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from llm_send.actions import audit, consent
from llm_send.actions.asker import Asking, openers_of
from llm_send.actions.context import Context
from llm_send.errors import Refused
from llm_send.guard import write_private
from llm_send.paths import private_folder
from llm_send.sideband.policy import decide
from llm_send.sideband.rights import Decision, Used, Wish
from llm_send.tmux import TmuxError

MINUTE = 60.0
SHOWN = 1500  # characters of a line of the question; what is longer is not asked
STARTS = 120.0  # seconds for which a pane that may be opened counts as open though it is not there yet
VALUE = re.compile(r"^(the variable \w+)=.*", re.DOTALL)
WHY_NOT = {
    "no": "The person said no.",
    "expired": "The person has not answered.",
    "nobody": "It needs the person's yes, and there is no Neovim with llm-send to ask in.",
}


@dataclass(frozen=True)
class Asked:
    """`what` is the tool or the directive, `said` its arguments, `way` mcp or sideband. `title` and `lines` are what
    the person is shown."""

    what: str
    way: str
    title: str
    said: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


def permitted(ctx: Context, who: Asking, wish: Wish, asked: Asked) -> str:
    """The id under which it is recorded, if it may be done. Raises Refused `policy`."""
    id = secrets.token_hex(8)  # noqa: A001 — the contract's word
    with audit.alone(ctx):
        ledger = _Ledger(ctx, who)
        decision = decide(who.asker, wish, ledger.used())
        known = _fingerprint(wish)
        verdict = "session" if decision.verdict == "ask" and known in ledger.remembered else decision.verdict
        ledger.count(id, opens=wish.opens and verdict in ("allow", "session"))
        if verdict != "ask":
            _note(ctx, who, asked, id, verdict, decision)
    if verdict == "deny":
        raise _refused(decision)
    if verdict == "ask":
        _of_the_person(ctx, who, wish, asked, decision, id)
    return id


def ended(ctx: Context, id: str, end: str, **more: object) -> None:  # noqa: A002
    """What came of it: `ok`, or an error's code."""
    with audit.alone(ctx):
        audit.note(ctx, id=id, ended=end, **more)
        for file in _ledgers(ctx).glob("*.json"):
            ledger = _read(file)
            if ledger["pending"].pop(id, None) is not None:
                if end != "ok":
                    ledger["total"] -= 1
                write_private(file, json.dumps(ledger))
    consent.tell(ctx, "agents_changed", {})


@contextmanager
def done(ctx: Context, id: str) -> Iterator[dict[str, object]]:  # noqa: A002
    """While it is being done; then what came of it is recorded, with what the caller adds."""
    more: dict[str, object] = {}
    try:
        yield more
    except BaseException as error:
        ended(ctx, id, getattr(error, "code", type(error).__name__))
        raise
    ended(ctx, id, "ok", **more)


def _of_the_person(ctx: Context, who: Asking, wish: Wish, asked: Asked, decision: Decision, id: str) -> None:  # noqa: A002
    """Raises Refused for every answer but yes, and where something was used up meanwhile."""
    lines = [*asked.lines, *(f"! {reason}" for reason in decision.reasons)]
    if any(len(line) > SHOWN for line in lines):
        raise _refused(decision, "It is too long to be shown to the person whole.")
    answer = consent.ask(ctx, who.asker.name, who.id, asked.title, lines)
    with audit.alone(ctx):
        ledger = _Ledger(ctx, who)
        yes = answer in ("once", "session")
        again = decide(who.asker, wish, ledger.used()) if yes else decision
        if again.verdict == "deny":
            answer, decision = "no", again
        if answer in ("once", "session"):
            ledger.count(id, opens=wish.opens, request=False)
        if answer == "session":
            ledger.remember(_fingerprint(wish))
        _note(ctx, who, asked, id, answer, decision)
    if answer not in ("once", "session"):
        raise _refused(decision, WHY_NOT[answer])


def _note(ctx: Context, who: Asking, asked: Asked, id: str, verdict: str, decision: Decision) -> None:  # noqa: A002
    mine = {"agent": who.asker.name, "pane": who.id, "way": asked.way, "asked": asked.what}
    reasons = [VALUE.sub(r"\1=…", reason) for reason in decision.reasons]
    audit.note(ctx, id=id, **mine, **{"with": audit.redacted(asked.said)}, verdict=verdict, reasons=reasons)


def _refused(decision: Decision, why: str = "") -> Refused:
    reasons = "; ".join(decision.reasons)
    if decision.verdict == "deny" and not why:
        more = "" if len(decision.reasons) < 2 else " It would go beyond its own rights."
        return Refused("policy", f"Not allowed: {reasons}{more}", "Ask the person, or do without.", found=reasons)
    message = f"Not allowed: it goes beyond this agent's own rights ({reasons}). {why}".rstrip()
    return Refused("policy", message, "Ask for less, or ask the person to allow it.", found=reasons)


def _fingerprint(wish: Wish) -> str:
    """What a yes for the session is good for: the very same wish again."""
    whole = {name: getattr(wish, name) for name in ("tier", "opens", "pane", "mode", "cwd", "command", "values")}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=str).encode()).hexdigest()


def _ledgers(ctx: Context) -> Path:
    return private_folder(audit.folder(ctx) / "ledgers")


def _read(file: Path) -> dict[str, Any]:
    """An empty one where there is none, or one that cannot be read."""
    empty: dict[str, Any] = {"times": [], "total": 0, "pending": {}, "remembered": []}
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return empty
    return {**empty, **found} if isinstance(found, dict) else empty


def _open(ctx: Context, who: Asking) -> int:
    """How many of its panes there are now: others may have come since it asked."""
    try:
        return who.open(openers_of(ctx))
    except TmuxError:
        return 0  # there is no server yet


class _Ledger:
    """What one agent has used up, and what the person has allowed it until it ends."""

    def __init__(self, ctx: Context, who: Asking) -> None:
        self.file, self.open = _ledgers(ctx) / f"{who.key}.json", _open(ctx, who)
        self.raw = _read(self.file)
        now = time.time()
        self.raw["times"] = [at for at in self.raw["times"] if now - at < MINUTE]
        self.raw["pending"] = {id: at for id, at in self.raw["pending"].items() if now - at < STARTS}  # noqa: A001

    @property
    def remembered(self) -> list[str]:
        return list(self.raw["remembered"])

    def used(self) -> Used:
        return Used(self.open + len(self.raw["pending"]), len(self.raw["times"]), self.raw["total"])

    def count(self, id: str, *, opens: bool, request: bool = True) -> None:  # noqa: A002
        if request:
            self.raw["times"].append(time.time())
        if opens:
            self.raw["pending"][id] = time.time()
            self.raw["total"] += 1
        write_private(self.file, json.dumps(self.raw))

    def remember(self, fingerprint: str) -> None:
        self.raw["remembered"].append(fingerprint)
        write_private(self.file, json.dumps(self.raw))
