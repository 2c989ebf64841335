"""How often what occurred: events as the program made them, transitions as the history saw them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from llm_send.history import Send
from torture.plan import EVENTS, FAULTS, QUEUE, SITUATIONS
from torture.texts import KINDS
from torture.trace import Change

TRANSITIONS = (
    "asked → resolve", "resolve → waiting", "waiting → look", "look → look", "look → mode", "look → stash",
    "look → paste", "mode → paste", "stash → paste", "paste → see", "see → enter", "enter → evidence",
    "evidence → delivered", "mode → look", "stash → look",
    "resolve → refused(no_candidate|elsewhere|ambiguous)", "waiting → refused(busy)", "waiting → refused(waiting)",
    "waiting → refused(draft)", "waiting → refused(cancelled)", "waiting → refused(gone)",
    "enter → refused(*)", "evidence → refused(gate_blocked)", "evidence → unconfirmed(*)", "paste → unconfirmed(*)",
    "see → unconfirmed(*)", "enter → unconfirmed(*)", "unconfirmed(*) → delivered",
)  # fmt: skip
"""Those that a long run must show. A star stands for any reason, a bar for "or"."""


PROOFS = ("gate, transcript", "gate, event", "transcript", "gate, claude_queue")
"""What deliveries must have been proven by."""


def needed() -> list[str]:
    """All that must not be 0 in a long run, by the name it is counted under."""
    events = [name for name in (*EVENTS, *(f"queue {each}" for each in QUEUE)) if name != "nothing"]
    stops = dict.fromkeys(fault.split()[1] for fault in FAULTS if fault.startswith("stop"))
    return [
        *(f"at first: {situation}" for situation in SITUATIONS),
        *(f"then: {event}" for event in events),
        *(f"stopped at: {step}" for step in stops),
        *(f"text: {kind}" for kind in KINDS),
        *TRANSITIONS,
        *(f"proof: {each}" for each in PROOFS),
    ]


def counted(happened: Counter[str], changes: Sequence[Change], rows: Sequence[Send] = ()) -> dict[str, int]:
    """Every event and transition with its count; what is needed first, so that a 0 is seen."""
    seen = Counter(str(change) for change in changes)
    texts: Counter[str] = Counter()
    for name, count in happened.items():
        if name.startswith("sent: "):
            texts[f"text: {name.removeprefix('sent: ').rpartition(', by ')[0]}"] += count
    proofs = Counter(f"proof: {', '.join(row.receipt.evidence)}" for row in rows if row.receipt)
    all_of_it = {**happened, **texts, **seen, **proofs}
    found = {name: sum(all_of_it.get(each, 0) for each in matching(name, all_of_it)) for name in needed()}
    return found | {name: count for name, count in sorted(all_of_it.items()) if name not in found}


def matching(name: str, names: object) -> list[str]:
    """The counted names that a needed one stands for."""
    first, _, last = name.partition(" → ")
    return [each for each in names if each == name or _stands_for(first, last, each)]  # type: ignore[attr-defined]


def _stands_for(first: str, last: str, name: str) -> bool:
    before, arrow, after = name.partition(" → ")
    return bool(arrow) and _alike(first, before) and _alike(last, after)


def _alike(pattern: str, word: str) -> bool:
    outcome, _, reasons = pattern.partition("(")
    said, _, reason = word.partition("(")
    if outcome != said:
        return False
    wanted = reasons.removesuffix(")")
    return wanted == "*" or reason.removesuffix(")") in wanted.split("|")


def missing(counts: dict[str, int]) -> list[str]:
    """What did not occur though it should."""
    return [name for name in needed() if not counts.get(name)]
