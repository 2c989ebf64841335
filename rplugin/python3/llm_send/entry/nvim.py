"""The host Neovim talks to: requests come as notifications, answers go back as calls of `llm-send.host` in Lua.

Two ways in, one protocol: `python -I -m llm_send.entry.nvim` as a job with RPC, or, after `:UpdateRemotePlugins`, as a
remote plugin of Neovim's own Python provider, which hands its channel over by `LlmSendAttach()`. Neither ever makes
the editor wait: each request runs on a thread of its own.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pynvim
from msgpack import packb

from llm_send.entry.nvim_requests import answer
from llm_send.errors import LlmSendError

if TYPE_CHECKING:
    from collections.abc import Mapping

REPLY = 'require("llm-send.host").reply(...)'
EVENT = 'require("llm-send.host").event(...)'
FAULT = 70  # of sysexits.h; 1 is Python's own and tells Lua that nothing was served
LAST_WORDS = 20.0  # seconds a send may take to its end when the editor is gone; nobody waits for it


@pynvim.plugin
class LlmSend:
    """The host's side of the protocol, for one editor."""

    def __init__(self, nvim: pynvim.Nvim) -> None:
        self._nvim = nvim
        self._texts: dict[int, list[str]] = {}  # what has come of the long text of a request that is still to come
        self._threads: set[threading.Thread] = set()
        self._lock = threading.Lock()
        self._kept: Any = None
        self._followers: dict[Any, Any] = {}
        self._placed: threading.Event | None = None
        self._carried_on = False
        self._listening: Any = None

    @pynvim.function("LlmSendAttach", sync=True)  # type: ignore[untyped-decorator]
    def attach(self, _arguments: list[Any]) -> int:
        """The channel Lua sends its requests to."""
        return int(self._nvim.channel_id)

    @pynvim.rpc_export("llm_send_text", sync=False)  # type: ignore[untyped-decorator]
    def text(self, number: int, piece: str) -> None:
        """A piece of the text of request `number`, in order, before the request itself."""
        self._texts.setdefault(number, []).append(piece)

    @pynvim.rpc_export("llm_send_request", sync=False)  # type: ignore[untyped-decorator]
    def request(self, number: int, verb: str, params: Mapping[str, Any]) -> None:
        # Lua's empty table is a list here.
        asked = dict(params)
        if number in self._texts:  # cut anywhere: half a character is surrogates here, and whole again as bytes
            asked["text"] = "".join(self._texts.pop(number))
        if verb == "send":  # each gets its place in a queue before the next one does
            asked["before"], asked["placed"] = self._placed, threading.Event()
            self._placed = asked["placed"]
        thread = threading.Thread(target=self._run, args=(number, verb, asked), name=verb, daemon=True)
        self._threads.add(thread)
        thread.start()

    def event(self, name: str, data: Mapping[str, Any]) -> None:
        """Tell Lua something it did not ask for."""
        self._nvim.exec_lua(EVENT, name, data, async_=True)

    def finish(self) -> None:
        """The editor is gone: what waits is left to a drainer, what is in a pane already is seen to its end."""
        if self._kept:
            self._kept.leaving.set()
        until = time.monotonic() + LAST_WORDS
        for thread in tuple(self._threads):
            thread.join(max(0.0, until - time.monotonic()))
        for follower in tuple(self._followers.values()):
            follower.leave()
        if self._listening:
            self._listening.leave()

    def _memory(self) -> Any:
        """What is kept between requests; made by the first, because its import is part of what a send needs."""
        from llm_send.actions.context import Memory

        with self._lock:
            self._kept = self._kept or Memory(keeper=self._keep, on_end=self._ended)
            return self._kept

    def _keep(self, ctx: Any, live: Any, id: str) -> None:  # noqa: A002 — the contract's word
        """A text stays in the queue of a pane: see it to its end, and tell the editor then."""
        from llm_send.actions.follow import Follower

        with self._lock:
            follower = self._followers.get(live.locks)
            if not follower:
                follower = self._followers[live.locks] = Follower(ctx, live, self._settled)
        follower.add(id)

    def _carry_on(self, params: Mapping[str, Any]) -> None:
        """Once, behind the first request: texts that wait while those who asked for them are gone."""
        with self._lock:
            first, self._carried_on = not self._carried_on and "here" in params, True
        if first:
            self._listen(params)
            answer("carry_on", {"here": params["here"]}, os.environ, self._memory())

    def _listen(self, params: Mapping[str, Any]) -> None:
        """From now on agents can ask the person here."""
        from llm_send.actions.listening import Listening
        from llm_send.entry.nvim_requests import context

        with contextlib.suppress(LlmSendError, OSError):  # what is wrong is told where something is asked for
            ctx = context("agents", params, os.environ, self._memory())
            self._listening = Listening(ctx, lambda name, data: self._nvim.async_call(self.event, name, data))

    def _settled(self, result: Any) -> None:
        from llm_send.entry.nvim_hints import with_hints
        from llm_send.entry.report import envelope

        shown = with_hints(envelope(result.as_dict(), ok=result.outcome == "delivered"))
        self._nvim.async_call(self.event, "settled", {"result": shown})

    def _ended(self, pane: str, reason: str) -> None:
        self._nvim.async_call(self.event, "ended", {"pane": pane, "reason": reason})

    def _run(self, number: int, verb: str, params: Mapping[str, Any]) -> None:
        try:
            result = _packable(answer(verb, params, os.environ, self._memory()))
            self._nvim.async_call(self._nvim.exec_lua, REPLY, number, result, async_=True)
            self._carry_on(params)
        finally:
            if "placed" in params:
                params["placed"].set()
            self._threads.discard(threading.current_thread())


def _packable(result: dict[str, Any]) -> dict[str, Any]:
    # On the loop this failure would be silent and leave Lua waiting.
    try:
        packb(result, unicode_errors="surrogateescape")
    except (TypeError, ValueError, OverflowError) as error:
        problem = LlmSendError("internal", f"The host's answer cannot be passed on: {error}.")
        return {"ok": False, "schema": 1, "error": problem.as_dict()}
    return result


def _warm() -> None:
    """Import what a send needs while nobody waits; what is wrong with it is said when it is asked for."""
    import importlib

    for module in ("llm_send.actions.context", "llm_send.actions.send"):
        with contextlib.suppress(Exception):
            importlib.import_module(module)


def _claim_stdin() -> None:
    # A program that inherited descriptor 0 would read the editor's requests.
    sys.stdin = os.fdopen(os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def main() -> None:
    """Serve the Neovim on standard input and output until it closes them or SIGTERM comes."""
    _claim_stdin()
    nvim = pynvim.attach("stdio")
    host = LlmSend(nvim)

    def begin() -> None:
        host.event("ready", {})
        threading.Thread(target=_warm, daemon=True).start()

    def on_notification(name: str, arguments: list[Any]) -> None:
        if name == "llm_send_request":
            host.request(*arguments)
        elif name == "llm_send_text":
            host.text(*arguments)

    code = 0
    try:
        nvim.run_loop(None, on_notification, begin)
    except (EOFError, OSError):
        pass  # the editor closed the pipe
    except BaseException as error:  # noqa: BLE001  # SIGTERM, SIGINT or a fault: Lua shows the last line of stderr
        print(str(error) or type(error).__name__, file=sys.stderr, flush=True)
        code = FAULT
    host.finish()
    # Neither atexit nor threads may keep a host alive that nobody talks to.
    os._exit(code)


if __name__ == "__main__":
    main()
