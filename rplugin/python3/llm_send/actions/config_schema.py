"""Give the JSON Schema of the configuration file, for editors that complete TOML and JSON by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llm_send.actions.context import Context


@dataclass(frozen=True)
class ConfigSchemaRequest:
    """There is nothing to choose: a project's file may hold a part of it."""


@dataclass(frozen=True)
class ConfigSchemaResult:
    json_schema: dict[str, Any]

    def as_dict(self) -> dict[str, object]:
        return {"json_schema": self.json_schema}


def config_schema(ctx: Context, request: ConfigSchemaRequest) -> ConfigSchemaResult:  # noqa: ARG001  # as all actions
    from llm_send.config.schema import json_schema

    return ConfigSchemaResult(json_schema())
