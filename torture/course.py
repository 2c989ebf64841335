"""All episodes of a schedule, lane beside lane, and the end: nothing may be left open."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress

from llm_send.actions.drain import DrainRequest, drain
from llm_send.actions.resolve_send import ResolveRequest, resolve_send
from llm_send.errors import LlmSendError
from torture.arrivals import Arrivals
from torture.editor import Editors
from torture.judge import Violation
from torture.plan import Episode
from torture.play import Playing, Run
from torture.rest import come_to_rest
from torture.stage import Lane, Stage


def course(stage: Stage, episodes: Sequence[Episode], enough: threading.Event) -> Run:
    """`enough` ends it early, behind the episodes that are under way."""
    run = Run(stage, Arrivals(stage.world.model.log))
    threads = [
        threading.Thread(
            target=_lane, args=(run, lane, [each for each in episodes if each.lane == lane.number], enough)
        )
        for lane in stage.lanes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _end(run)
    return run


def _lane(run: Run, lane: Lane, episodes: Sequence[Episode], enough: threading.Event) -> None:
    editors = Editors(lane, run.notice)
    for episode in episodes:
        if enough.is_set():
            break
        began = time.monotonic()
        try:
            playing = Playing(run, lane, episode, editors)
            playing.play()
            come_to_rest(playing)
            editors.collect()
        except (AssertionError, RuntimeError, OSError, LlmSendError):  # the stage, not what is played on it
            run.notes.append(f"episode {episode.number} was broken off:\n{traceback.format_exc()}")
            run.happen("broken off")
            lane.forget(episode.pane)
        seconds = time.monotonic() - began
        what = f"{episode.pane}, {episode.situation}, {len(episode.asks)} sends"
        print(f"episode {episode.number}: {what}, {seconds:.1f} s, {len(run.violations)} violations", flush=True)
    editors.quit()


def _end(run: Run) -> None:
    """Whoever comes last sees to what waits; the person asks after what dead senders left behind the paste."""
    ctx = run.stage.lanes[0].context("person")
    drain(ctx, DrainRequest())
    for row in ctx.history.abandoned():
        run.happen("settled at the end")
        with suppress(LlmSendError):
            resolve_send(ctx, ResolveRequest(row.id))
    if left := ctx.history.queue():
        run.violations.append(Violation("left in the queue", "at the end", "\n".join(map(str, left))))
