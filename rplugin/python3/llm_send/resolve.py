"""From a mode, a name or nothing to the one pane a text should go to. Pure: everything it decides on is passed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from llm_send.errors import Refused
from llm_send.modes import Mode
from llm_send.panes import Pane

AGENTLESS = ("shell", "gone")


class NotResolved(Refused):
    """No pane, or not one alone; `candidates` are those a person may choose from."""

    def __init__(self, code: str, message: str, hint: str | None, candidates: Sequence[Pane] = ()) -> None:
        super().__init__(code, message, hint, found=[pane.called for pane in candidates], expected="one pane")
        self.candidates = tuple(candidates)


def serves(pane: Pane, mode: Mode) -> bool:
    """Whether the pane may be given prompts for this mode: it is in it for sure, or locked to it.

    A locked pane never serves another mode. A mode that is only configured counts where nothing better is known.
    """
    if pane.lock:
        return pane.lock == mode.value
    return pane.mode == mode.value and (pane.verified or pane.mode_source == "configured")


def untold(pane: Pane) -> bool:
    """Whether its mode is not to be seen just now, and may be in a moment: Claude draws its footer last."""
    return pane.state not in (*AGENTLESS, "suspended") and not (pane.lock or pane.verified)


def choose(
    panes: Sequence[Pane],
    mode: Mode | None,
    *,
    within_reach: Callable[[Pane], bool],
    last_used: Callable[[], str | None],
) -> Pane:
    """The pane for a mode, or the default one for None. Raises NotResolved: no_candidate, elsewhere, ambiguous.

    `last_used` is asked only when there is more than one.
    """
    fitting = [pane for pane in panes if mode is None or serves(pane, mode)]
    near = [pane for pane in fitting if within_reach(pane)]
    if not near:
        raise _elsewhere(fitting, mode) if fitting else _none(panes, mode)
    alive = [pane for pane in near if pane.state not in AGENTLESS] or near
    there = [pane for pane in alive if mode is None or pane.mode == mode.value] or alive
    if len(there) == 1:
        return there[0]
    last = last_used()
    for pane in there:
        if pane.id == last:
            return pane
    what = f"{len(there)} panes with Claude in {_words(mode)}" if mode else f"{len(there)} panes with Claude"
    hint = f"Say which: {', '.join(pane.called for pane in there)}."
    raise NotResolved("ambiguous", f"There are {what}.", hint, there)


def _none(panes: Sequence[Pane], mode: Mode | None) -> NotResolved:
    start = f"Start one with: {(mode or Mode.NORMAL).pane_name}"
    message = f"No Claude in {_words(mode)}" if mode else "No pane runs Claude"
    return NotResolved("no_candidate", message, start, [pane for pane in panes if pane.state not in AGENTLESS])


def _elsewhere(fitting: Sequence[Pane], mode: Mode | None) -> NotResolved:
    where = ", ".join(f"{pane.called} (session {pane.session}, {pane.cwd})" for pane in fitting)
    message = f"No Claude in {_words(mode)} here, but elsewhere: {where}" if mode else f"No Claude here, but: {where}"
    return NotResolved("elsewhere", message, f"Send to it by name: --pane {fitting[0].called}", fitting)


def _words(mode: Mode | None) -> str:
    return f"{mode.value} mode" if mode else "any mode"
