"""`llm-send plugin …`: from the parsed command line to an action and its request."""

import sys
from argparse import Namespace
from collections.abc import Callable
from typing import Any

Action = Callable[[Any, Any], Any]
Call = tuple[Action, object]


def _say_step(step: str) -> None:
    """Who waits at a terminal is told what will be done."""
    from llm_send.entry.lines import sentence

    print(sentence("…", step, None), file=sys.stderr, flush=True)


def _install(given: Namespace) -> Call:
    from llm_send.actions.plugin_install import PluginInstallRequest, plugin_install

    return plugin_install, PluginInstallRequest(on_step=None if given.json else _say_step)


def _status(_given: Namespace) -> Call:
    from llm_send.actions.plugin_status import PluginStatusRequest, plugin_status

    return plugin_status, PluginStatusRequest()


def _remove(given: Namespace) -> Call:
    from llm_send.actions.plugin_remove import PluginRemoveRequest, plugin_remove

    return plugin_remove, PluginRemoveRequest(on_step=None if given.json else _say_step)


PLUGIN: dict[str, Callable[[Namespace], Call]] = {
    "plugin install": _install,
    "plugin status": _status,
    "plugin remove": _remove,
}
