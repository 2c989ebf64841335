"""Where Claude's model is: the one place a pane without a network may still reach."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from llm_send.claude.sessions import config_folder
from llm_send.confine.plan import Model
from llm_send.errors import LlmSendError

KEY = "local_only"
BASE = "ANTHROPIC_BASE_URL"
USUAL = "https://api.anthropic.com"
SIGNS_IN = (("platform.claude.com", 443), ("console.anthropic.com", 443))  # where a token is made new
ELSEWHERE = ("CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY")
PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
QUIET = {"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}  # what it would ask others for; it would be waited for
UNPRIVILEGED = 1024
HERE = 3128
"""The port of the proxy, on a loopback that nobody else is on."""


def endpoint(environment: Mapping[str, str], given: Mapping[str, str], secret: Collection[str] = ()) -> Model:
    """From the variables `given` to the pane, those in Claude's settings, and the person's own. Raises LlmSendError
    `confinement` for a model that is reached in another way, or whose address is kept `secret`, by its name."""
    if BASE in secret:
        raise _unknown(f"{BASE} is in secure_env, and the supervisor has to know it", BASE)
    known = {**environment, **_of_settings(environment), **given}
    other = next((name for name in (*ELSEWHERE, *PROXIES) if known.get(name)), None)
    if other:
        raise _unknown(f"{other} leads Claude to its model, and only the Anthropic API is known", other)
    named = known.get(BASE, "")
    base = named or USUAL
    try:
        url = urlsplit(base)
        port = {"http": url.port or 80, "https": url.port or 443}[url.scheme]
    except (ValueError, KeyError):
        raise _unknown(f"{BASE} is no address: {base}", base) from None
    if url.hostname in LOOPBACK:
        if port < UNPRIVILEGED:
            raise _unknown(f"{BASE} is on port {port}, and a program in there may open none below {UNPRIVILEGED}", base)
        return Model(port, ((url.hostname, port),), through_proxy=False, environment=_told("", named))
    if url.scheme != "https" or not url.hostname:
        raise _unknown(f"{BASE} is neither https nor on this machine: {base}", base)
    signs_in = SIGNS_IN if base == USUAL else ()
    to = ((url.hostname, port), *signs_in)
    return Model(HERE, to, through_proxy=True, environment=_told(f"http://127.0.0.1:{HERE}", named))


def _told(proxy: str, base: str) -> dict[str, str]:
    """The variables by which Claude finds it; empty stands for none. The address is among them if somebody set one,
    since the pane has tmux's environment and not that of whoever asks."""
    address = {BASE: base} if base else {}
    return {**QUIET, **address, **dict.fromkeys(PROXIES, proxy), "NO_PROXY": "localhost,127.0.0.1,::1"}


def _of_settings(environment: Mapping[str, str]) -> dict[str, str]:
    try:
        found: Any = json.loads(Path(config_folder(environment), "settings.json").read_text())["env"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}


def _unknown(why: str, found: str) -> LlmSendError:
    hint = "Leave local_only out, or give the pane another ANTHROPIC_BASE_URL with env."
    return LlmSendError("confinement", f"{KEY} cannot be enforced: {why}.", hint, found=found)
