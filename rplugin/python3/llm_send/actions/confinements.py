"""Which confinements this machine can enforce, for the doctor: each is tried."""

from collections.abc import Callable
from functools import partial

from llm_send.actions.checks import Check
from llm_send.actions.context import Context
from llm_send.confine.asked import Kind
from llm_send.confine.checks import CHECKS as TRIES
from llm_send.confine.checks import KEYS


def confinement(ctx: Context, kind: Kind) -> Check:
    """None of them is needed for a send, so what is lacking is no error."""
    found = TRIES[kind](ctx.environment)
    if found.lacking:
        return Check("warn", f"{KEYS[kind]} cannot be enforced: {found.lacking}.", found.mend)
    if found.weaker:
        return Check("warn", f"{KEYS[kind]}: enforced, but {'; '.join(found.weaker)}.")
    return Check("ok", f"{KEYS[kind]}: enforced")


CHECKS: dict[str, Callable[[Context], Check | None]] = {
    "own files": partial(confinement, kind="files"),
    "time limit": partial(confinement, kind="time"),
    "memory limit": partial(confinement, kind="memory"),
    "network": partial(confinement, kind="network"),
}
