"""Listens to an agent's own words.

    python -I -m llm_send.entry.sideband watch SOCKET PANE FOLDER    its Claude, until that ends
    python -I -m llm_send.entry.sideband act SOCKET PANE <JSON       one that was found in another program's output

What goes wrong has nobody to hear it here: it is in the audit log, and the agent is told.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

from llm_send.actions.context import Context, Here, context_of
from llm_send.actions.directing import messages, obeyed
from llm_send.entry.full_report import unexpected
from llm_send.errors import LlmSendError
from llm_send.sideband.found import Directive, Malformed
from llm_send.sideband.parse import directives


def main() -> int:
    what, socket, pane, *rest = sys.argv[1:]
    with suppress(OSError):
        os.setsid()  # whoever started us may end, and its group with it
    try:
        if what == "watch":
            for message in messages(Path(rest[0])):
                _obey(socket, pane, directives(message))
        else:
            _obey(socket, pane, [_read(each) for each in json.load(sys.stdin)])
    except LlmSendError as error:
        return error.exit_code
    return 0


def _obey(socket: str, pane: str, found: list[Directive | Malformed]) -> None:
    if not found:
        return
    ctx = _context(socket, pane)
    try:
        obeyed(ctx, found, lambda error: unexpected(error, "sideband", ctx.paths).message)
    except Exception as error:  # noqa: BLE001  # the last resort: the next message is listened to all the same
        unexpected(error, "sideband", ctx.paths)


def _context(socket: str, pane: str) -> Context:
    ctx = context_of(os.environ, here=Here(cwd="/", pane=pane), socket_path=socket)
    row = next((row for row in ctx.tmux.rows() if row.id == pane), None)
    cwd = row.cwd if row else "/"
    return context_of(os.environ, here=Here(cwd=cwd, pane=pane), socket_path=socket)


def _read(said: dict[str, object]) -> Directive | Malformed:
    kind = Directive if "verb" in said else Malformed
    return kind(**said)  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main())
