"""`python -I -m llm_send.entry.plugin_start PID`: make the Claude of this process known, if it is a pane's agent.

Started by the hook of our plugin for Claude Code (claude_plugin/hooks). What goes wrong has nobody to hear it, and must
not matter to a Claude of the person's own: it goes on without a gate, as any that was started by hand.
"""

from __future__ import annotations

import os
import sys

from llm_send.actions.context import Here, context_of
from llm_send.actions.plugin_start import PluginStartRequest, plugin_start
from llm_send.config.types import Config
from llm_send.errors import LlmSendError


def main() -> int:
    """0 also for a Claude that is not to be known."""
    here = Here(cwd="/", pane=os.environ.get("TMUX_PANE"))
    try:
        plugin_start(context_of(os.environ, here=here, config=Config()), PluginStartRequest(int(sys.argv[1])))
    except LlmSendError as error:
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
