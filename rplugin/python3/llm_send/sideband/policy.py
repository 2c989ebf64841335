"""Who may ask for what. Pure: what is asked, who asks and what was used up go in, a decision comes out.

An agent may do what the person has allowed it (`agents.allow`), with panes that it opened itself or that are shared
with it. What it would give a pane beyond its own rights needs the person's yes, or a rule of theirs (`also_…`).
"""

from __future__ import annotations

from collections.abc import Iterator

from llm_send.sideband.beyond import beyond
from llm_send.sideband.rights import Asker, Decision, Rights, Used, Wish

SELF = {
    "send": "It would prompt itself.",
    "close": "It would close itself.",
    "spawn": "It would change itself.",
}


def decide(asker: Asker, wish: Wish, used: Used) -> Decision:
    """Allowed, refused, or a question for the person."""
    rights = asker.rights
    if why := [*_forbidden(asker, rights, wish), *_used_up(asker, rights, wish, used)]:
        return Decision("deny", tuple(why[:1]))
    more = tuple(beyond(asker, wish))
    if not more:
        return Decision("allow")
    return Decision("ask" if rights.ask else "deny", more)


def _forbidden(asker: Asker, rights: Rights, wish: Wish) -> Iterator[str]:
    if not rights.allow:
        yield f"{asker.name} may not do anything with other panes: its agents.allow is empty."
    elif wish.tier not in rights.allow:
        yield f"{asker.name} may not {_does(wish)}: its agents.allow has no “{wish.tier}”."
    elif wish.relation == "self" and wish.tier in SELF and not wish.opens:
        yield SELF[wish.tier]
    elif wish.relation in ("above", "other"):
        asked = "read" if wish.opens else wish.tier  # a copy shows what was said there
        round_and_round = wish.relation == "above" and asked != "read"
        if asked == "spawn" or round_and_round or asked not in wish.shares:
            yield _strange(wish, asked)


def _strange(wish: Wish, asked: str) -> str:
    if wish.relation == "above":
        return "That is the agent that opened it, or one above: they would go round in a circle."
    return f"It did not open that pane, and the pane is not shared for “{asked}”."


def _does(wish: Wish) -> str:
    if wish.tier == "spawn":
        return "open panes" if wish.opens or wish.relation is None else "change panes"
    return {"read": "read panes", "send": "prompt panes", "close": "close panes"}[wish.tier]


def _used_up(asker: Asker, rights: Rights, wish: Wish, used: Used) -> Iterator[str]:
    if used.minute >= rights.per_minute:
        yield f"{asker.name} has made {used.minute} requests in the last minute; per_minute is {rights.per_minute}."
    if not wish.opens:
        return
    if asker.depth >= rights.max_depth:
        yield f"{asker.name} is {asker.depth} agents deep and may open none; max_depth is {rights.max_depth}."
    if used.panes >= rights.max_panes:
        yield f"{asker.name} has {used.panes} panes open; max_panes is {rights.max_panes}. Close one first."
    if used.total >= rights.max_total:
        yield f"{asker.name} has opened {used.total} panes; max_total is {rights.max_total}."
