"""`python -I -m llm_send.entry.drain SOCKET PANE`: deliver what waits in a pane's queue, and end with it.

Started by a sender that leaves a text there, and by the pane's own hooks when a turn ends. What goes wrong has nobody
to hear it: it is in the history, and the next one who comes carries on.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from llm_send.actions.context import Here, context_of
from llm_send.actions.drain import DrainRequest, drain
from llm_send.errors import LlmSendError


def main() -> int:
    """0 when nothing waits any more."""
    socket, pane = sys.argv[1:]
    with suppress(OSError):
        os.setsid()  # whoever started us may end, and its group with it
    try:
        drain(context_of(os.environ, here=Here(cwd="/"), socket_path=socket), DrainRequest(pane))
    except LlmSendError as error:
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
