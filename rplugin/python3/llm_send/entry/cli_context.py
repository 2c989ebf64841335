"""Where a command line comes from: the tmux server it names, the pane and the folder it was typed in."""

import os
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from llm_send.actions.context import Context, Here, context_of
from llm_send.config.types import Config
from llm_send.errors import LlmSendError

# A broken one must not keep these from working; those about configuration read it themselves.
WITHOUT_CONFIGURATION = ("doctor", "default-mode", "presets", "config")


def context_for(given: Namespace, environment: Mapping[str, str]) -> Context:
    """The world an action works in. Raises LlmSendError for a configuration that cannot be used."""
    here = Here(cwd=_folder(), pane=_own_pane(given, environment))
    environment = dict(environment)
    config = Config() if given.verb.partition(" ")[0] in WITHOUT_CONFIGURATION else None
    server = {"socket_name": given.socket_name, "socket_path": given.socket_path}
    return context_of(environment, here=here, config=config, **server)


def _folder() -> str:
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        raise LlmSendError("cwd", "The current folder no longer exists.", "Go to another: cd ~") from None


def _own_pane(given: Namespace, environment: Mapping[str, str]) -> str | None:
    """The pane we are typed in, unless another server is asked about: a pane id means nothing there."""
    own = environment.get("TMUX", "").rsplit(",", 2)[0]
    pane = environment.get("TMUX_PANE")
    if not own or not pane:
        return None
    chosen = given.socket_path or (given.socket_name and _socket_of(given.socket_name, environment))
    if chosen and os.path.realpath(chosen) != os.path.realpath(own):
        return None
    return pane


def _socket_of(name: str, environment: Mapping[str, str]) -> str:
    """Where tmux keeps the socket of `-L NAME`."""
    return f"{environment.get('TMUX_TMPDIR') or '/tmp'}/tmux-{os.getuid()}/{name}"  # noqa: S108
