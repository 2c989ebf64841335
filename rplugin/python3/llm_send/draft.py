"""What a person has half written in the box: put aside by Claude's own stash (Ctrl+S), and seen to come back.

Claude keeps one draft. A second Ctrl+S on a text destroys it, and on an empty box brings it back; after a submit it
comes back by itself. So a draft is only put aside where none is, and never without seeing that it was.
"""

from __future__ import annotations

from llm_send.claude.box import shows_text
from llm_send.claude.screen import Screen
from llm_send.errors import Refused
from llm_send.inbox import cut_back
from llm_send.target import STASH, Clock, Look, Target, must, until

ASIDE = 3.0  # seconds for the box to empty
BACK = 3.0  # seconds for the draft to stand there again
STASHED = "Your draft is in Claude's stash: Ctrl+S brings it back."


def check(target: Target, look: Look) -> None:
    """Raise Refused where there is a draft that cannot be put aside."""
    seen = look.screen
    if not (seen.box or seen.shell_mode):
        return
    hint = "Send or clear it there, then send again."
    message = f"There is unsent text in the box of {target.name}"
    if seen.shell_mode:
        raise Refused("draft", f"{message}: a shell command.", hint, found="a shell command")
    if seen.stashed:
        raise Refused("draft", f"{message}, and another draft in its stash.", hint, found="two drafts")


def put_aside(target: Target, clock: Clock, seen: Screen) -> str:
    """Stash the draft; the words that must come back. Raises Refused when it cannot be seen to be safe."""
    words = seen.box or ""
    now = _stash(target, clock)
    if now.box == words and not now.stashed:  # a sender that died pressed it right before us, and ours undid it
        now = _stash(target, clock)
    if now.empty_box and now.stashed:
        return words
    safe = now.box == words or bring_back(target, clock, words, "")
    message = f"There is unsent text in the box of {target.name}, and it could not be put aside."
    hint = "Send or clear it there, then send again."
    raise Refused("draft", message, hint if safe else stashed(hint), found="a draft")


def _stash(target: Target, clock: Clock) -> Screen:
    """Ctrl+S; the screen once the draft is aside, or long enough after."""
    must(target, target.write(STASH))
    return until(target, clock, ASIDE, lambda look: look.screen.empty_box and look.screen.stashed).screen


def stashed(hint: str | None) -> str:
    """A hint that says where the draft is, too."""
    return f"{hint or ''} {STASHED}".strip()


def bring_back(target: Target, clock: Clock, words: str, ours: str) -> bool:
    """Our text did not go: the draft into the box again, alone. Whether it stands there as it was.

    After a block Claude (2.1.321 and later) puts our text back below the draft it has restored, and only what is that
    is taken out again, by lines; older ones restore the draft alone.
    """
    below = f"{words}\n"
    until(target, clock, BACK, lambda look: look.screen.empty_box or (look.screen.box or "").startswith(below))
    look = target.look()
    if look.state in ("idle", "busy") and look.screen.empty_box and target.write(STASH) is None:
        return is_back(target, clock, words)
    shown = look.screen.box or ""
    is_ours = shows_text(shown.removeprefix(below), ours, look.screen.hidden)
    if look.state != "idle" or not (shown.startswith(below) and is_ours):
        return shown == words
    cut_back(target, clock, shown, words)
    return target.look().screen.box == words


def is_back(target: Target, clock: Clock, words: str) -> bool:
    """Wait for the draft to stand in the box again."""
    return until(target, clock, BACK, lambda look: look.screen.box == words).screen.box == words
