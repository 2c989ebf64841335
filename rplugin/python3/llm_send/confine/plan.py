"""What the supervisor is told: one file in the pane's folder, for the person alone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FILE = "confinement.json"
SECRETS = "secrets.json"


@dataclass(frozen=True)
class Model:
    """See `relay.Relay`. `port` is the one that is open inside, `environment` what says so; an empty value: unset."""

    port: int
    to: tuple[tuple[str, int], ...]
    through_proxy: bool
    environment: dict[str, str]


@dataclass(frozen=True)
class Plan:
    """`command` is what runs in the end. `bwrap` is the program and `view` its arguments, both empty without a file
    system of its own. `keep` are names of the environment: with `isolated` all but the listed go. `model` is the way
    out of a pane without a network, None where there is none. `scope` are the words by which systemd holds its memory,
    and `ways` the variables that lead to it; empty where it does not."""

    command: tuple[str, ...]
    bwrap: str = ""
    view: tuple[str, ...] = ()
    isolated: bool = False
    keep: tuple[str, ...] = ()
    timeout_secs: int | None = None
    memory_limit_mb: int | None = None
    model: Model | None = None
    scope: tuple[str, ...] = ()
    ways: dict[str, str] = field(default_factory=dict)

    @property
    def limited(self) -> bool:
        return bool(self.timeout_secs or self.memory_limit_mb)

    @property
    def stays(self) -> bool:
        """Whether the supervisor has something to do while it runs."""
        return self.limited or self.model is not None


def known(folder: Path) -> Plan | None:
    """That of a pane, None where it has none, or none that can be read."""
    try:
        return read(folder)
    except (OSError, ValueError, TypeError):
        return None


def text_of(plan: Plan) -> str:
    return json.dumps(asdict(plan))


def read(folder: Path) -> Plan:
    """Raises OSError or ValueError where it is gone or not whole."""
    raw: dict[str, Any] = json.loads((folder / FILE).read_text())
    plain: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    if model := plain.get("model"):
        plain["model"] = Model(**{**model, "to": tuple((host, port) for host, port in model["to"])})
    return Plan(**plain)
