"""What of a pane's configuration is confinement, as one frozen value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

Kind = Literal["files", "time", "memory", "network"]
Source = Mapping[str, str]  # {"command": …} or {"file": …}; empty: the variable of whoever asks


@dataclass(frozen=True)
class Confinement:
    """`secure_env` says of each variable where its value comes from. The rest is as in the configuration; None and
    False mean: not asked for."""

    isolate_fs: bool = False
    readonly: bool = False
    local_only: bool = False
    timeout_secs: int | None = None
    memory_limit_mb: int | None = None
    log_path: str | None = None
    secure_env: Mapping[str, Source] = field(default_factory=lambda: MappingProxyType({}))
    best_effort: bool = False
    keep_scratch: bool = False

    @property
    def files(self) -> bool:
        """Whether it sees another file system than the person does."""
        return self.isolate_fs or self.readonly

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What has to be enforced by the machine."""
        limits: dict[Kind, object] = {
            "files": self.files,
            "time": self.timeout_secs,
            "memory": self.memory_limit_mb,
            "network": self.local_only,
        }
        return tuple(kind for kind, wanted in limits.items() if wanted)

    @property
    def supervised(self) -> bool:
        """Whether the pane's process is not the agent itself."""
        return bool(self.kinds or self.secure_env)


def asked(values: Mapping[str, Any]) -> Confinement:
    """The confinement among resolved values."""
    names = Confinement.__dataclass_fields__
    found = {key: value for key, value in values.items() if key in names}
    return Confinement(**{**found, "secure_env": sources(values.get("secure_env", {}))})


def sources(said: Any) -> dict[str, Source]:
    """`["TOKEN"]` is the variable of whoever asks; a table says of each variable where its value comes from."""
    return {name: {} for name in said} if isinstance(said, list) else dict(said)
