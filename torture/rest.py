"""After an episode: everything that was sent has ended or waits for a reason, and the pane is as it was before."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

from llm_send.actions.drain import DrainRequest, drain
from llm_send.actions.resolve_send import ResolveRequest, resolve_send
from llm_send.errors import LlmSendError
from llm_send.history import Send
from torture.arrivals import tags_in
from torture.play import TICK, Playing, pause
from torture.stage import claude_of, lives, look, mode_of, usual_size

ENDS = 60.0  # seconds for what was sent to end
PATIENCE = 3.0  # seconds in which somebody must see to what waits; then the next one who comes does
READY = 20.0
RECENT = 60  # sends, of both lanes


def come_to_rest(playing: Playing) -> None:
    """See every send to its end, and the pane back to an empty box; a pane that is no good any more is let go of."""
    playing.stage.world.model.release(playing.episode.text)
    _wait(playing)
    if usable(playing):
        try:
            _tidy(playing)
        except (AssertionError, RuntimeError) as error:
            playing.run.happen("pane given up")
            playing.run.notes.append(f"episode {playing.episode.number}: {error}")
            _give_up(playing)
    else:
        _give_up(playing)
    _look_again(playing)


def usable(playing: Playing) -> bool:
    return lives(playing.pane) and (playing.episode.pane == "by hand" or claude_of(playing.pane) is not None)


def _give_up(playing: Playing) -> None:
    """It is ended; what waited for it is settled by whoever comes next."""
    playing.died()
    playing.lane.forget(playing.episode.pane)
    drain(playing.ctx, DrainRequest())


def _wait(playing: Playing) -> None:
    """For all that is open for this pane."""
    end, seen_to = time.monotonic() + ENDS, None
    since, before = time.monotonic(), -1
    while left := _open(playing):
        now = time.monotonic()
        playing.tend(playing.episode.held + 1)
        with suppress(RuntimeError):
            _back_to_life(playing)
        if len(left) != before:
            since, before = now, len(left)
        if now - since > PATIENCE and not (seen_to and seen_to.is_alive()):
            playing.run.happen("seen to by the next one")
            seen_to = threading.Thread(target=_carry_on, args=(playing,), daemon=True)
            seen_to.start()
        if now > end:
            waits = "\n".join(f"{send.id} {send.step} {send.text[-60:]!r}" for send in left)
            playing.complain("not settled", f"still open after {ENDS:g} s at rest:\n{waits}")
            return
        pause(TICK)


def _open(playing: Playing) -> list[Send]:
    """What is open for the pane, but for what its dead senders left behind the paste: that is settled by the next."""
    history = playing.ctx.history
    found = history.open_of(str(playing.pane.tmux.socket), playing.pane.id)
    return [send for send in [*found, *history.unresolved()] if send.free or not send.abandoned]


def _carry_on(playing: Playing) -> None:
    with suppress(LlmSendError):
        drain(playing.lane.stage.context(playing.lane.folder, playing.lane.seat.id), DrainRequest())


def _back_to_life(playing: Playing) -> None:
    """What waits may wait for the person: copy-mode does not matter, but a screen too low does."""
    if look(playing.pane).state == "unknown":
        usual_size(playing.pane)


def _tidy(playing: Playing) -> None:
    """The drafts are looked for, the box is emptied, the mode brought back."""
    person, pane = playing.person, playing.pane
    with suppress(RuntimeError):
        pane.tmux.run("send-keys", "-t", pane.id, "-X", "cancel")
    usual_size(pane)
    if not claude_of(pane):
        person.drafts.clear()
        playing.lane.restart(playing.episode.pane)
        playing.greet()
        return
    end = time.monotonic() + READY
    while look(pane).state != "idle" and time.monotonic() < end:
        person.answers(0)
        pause(TICK)
    if person.drafts and (wrong := person.finds_drafts()):
        playing.complain("draft", wrong)
    seen = person.shows(lambda seen: seen.box is not None and seen.state == "idle")
    if not seen.empty_box:
        playing.run.happen(
            "a text of ours left in the box" if playing.episode.situation != "shell draft" else "a draft"
        )
        person.clears()
    if look(pane).stashed:
        pane.press("C-s")
        person.shows(lambda seen: not seen.stashed)
        person.clears()
    person.ready()
    person.bring_to(mode_of(playing.episode.pane).claude)
    person.ready()


def _look_again(playing: Playing) -> None:
    """The person asks what became of most of those that ended unconfirmed."""
    tags = {asked.ask.tag for asked in playing.asked.values() if asked.ask.number % 4}
    for row in playing.ctx.history.recent(RECENT):
        if row.outcome == "unconfirmed" and tags & set(tags_in(row.text)):
            with suppress(LlmSendError):
                result = resolve_send(playing.ctx, ResolveRequest(row.id))
                playing.run.happen(f"looked again: {result.outcome}")
