"""See queued texts of one pane to their end, whoever delivers them: what an editor's host does for its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from llm_send.actions.context import Context
from llm_send.actions.leave import start_drainer
from llm_send.actions.result import SendResult, of_row
from llm_send.actions.serve import Left, Serving
from llm_send.errors import LlmSendError, Refused
from llm_send.live import LivePane
from llm_send.target import Look

TURN = 1.0  # seconds to wait for the turn before looking whether another has settled something


class Follower:
    """The texts of one host that wait for one pane. Serves as `serve.Own`, without a text of its own."""

    id = ""

    def __init__(self, ctx: Context, live: LivePane, told: Callable[[SendResult], None]) -> None:
        self.ctx, self.live, self._told = ctx, live, told
        self._open: set[str] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, id: str) -> None:  # noqa: A002 — the contract's word
        """Follow one more; a thread of its own sees to it."""
        with self._lock:
            self._open.add(id)
            if not self._thread:
                self._thread = threading.Thread(target=self._run, name=f"queue {self.live.name}", daemon=True)
                self._thread.start()

    def leave(self) -> None:
        """The host ends: what still waits is left to a drainer. Call it when `memory.leaving` is set."""
        thread = self._thread
        if thread:
            thread.join(TURN * 2)
        if self._open:
            start_drainer(self.ctx, self.live)

    def __call__(self, look: Look, *, held: bool) -> None:  # noqa: ARG002 — see `target.Hold`
        if self.ctx.memory.leaving.is_set():
            raise Left

    def gives_up_on(self, refusal: Refused) -> bool:  # noqa: ARG002 — see `serve.Own`
        return False

    def _run(self) -> None:
        while not self._done():
            try:
                self._serve()
            except Left:
                return
            except LlmSendError as error:
                self._fail(error)

    def _done(self) -> bool:
        """Whether nothing is left to follow; then the thread is over, and the next text gets a new one."""
        with self._lock:
            if not self._open:
                self._thread = None
            return not self._open

    def _serve(self) -> None:
        serving = Serving(self.ctx, self.live, on_end=self._end)
        with self.live.turn(TURN) as mine:
            if mine:
                serving.serve(self)
        for id in tuple(self._open):  # noqa: A001
            row = self.ctx.history.get(id)
            if row is None or row.outcome:
                self._end(of_row(row, self.live.pane()) if row else None, id)
        if self.ctx.memory.leaving.is_set():
            raise Left

    def _end(self, result: SendResult | None, id: str | None = None) -> None:  # noqa: A002
        known = result.id if result else id
        with self._lock:
            mine = known in self._open
            self._open.discard(str(known))
        if mine and result:
            self._told(result)

    def _fail(self, error: LlmSendError) -> None:
        """tmux or the history cannot be used: whoever comes next carries on; here nothing more can be seen."""
        with self._lock:
            self._open.clear()
        self.ctx.memory.faults.append(error)
