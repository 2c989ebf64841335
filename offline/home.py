"""A home in which the real Claude Code starts at once: no account, no questions, no network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

KEY = "sk-ant-api03-" + "offline" * 9
"""An API key in shape only. Claude keeps approvals by a key's last 20 characters."""


def prepare(root: Path, api_url: str, trusted: Sequence[Path]) -> dict[str, str]:
    """Lay out ROOT/home and return the exact environment to start Claude Code with; nothing else need be inherited.

    `api_url` is where the model stand-in listens; `trusted` are the folders whose trust question is answered already.
    PATH holds the system's programs alone: put yours in front of it.
    """
    home = root / "home"
    config = home / ".claude"
    config.mkdir(parents=True, exist_ok=True)
    state = {
        "hasCompletedOnboarding": True,  # without it Claude looks for the network, and ends
        "theme": "dark",
        "customApiKeyResponses": {"approved": [KEY[-20:]], "rejected": []},
        "projects": {str(folder.resolve()): {"hasTrustDialogAccepted": True} for folder in trusted},
    }
    (config / ".claude.json").write_text(json.dumps(state))
    return {
        "HOME": str(home),
        "CLAUDE_CONFIG_DIR": str(config),
        "ANTHROPIC_BASE_URL": api_url,
        "ANTHROPIC_API_KEY": KEY,
        "DISABLE_AUTOUPDATER": "1",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "SHELL": "/bin/sh",
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
    }
