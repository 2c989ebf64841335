"""What may stand in the configuration file: key, type, default and one sentence each. The reference is made from this.

Imports pydantic, so only `load` imports it, and only when there is a file.
"""

from types import MappingProxyType
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from llm_send.config.types import BringBack, Config, HistoryConfig, Lock, PaneConfig
from llm_send.errors import UsageError
from llm_send.modes import Mode, parse_mode


def _mode(value: Any) -> Mode:
    """Our word for a mode, or Claude's own where it means ours."""
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "expected a string")
    try:
        return parse_mode(value)
    except UsageError as error:
        # The words are already a person's; a brace in them would be taken for a field of pydantic's.
        raise PydanticCustomError("mode", "{words}", {"words": error.message, "expected": error.expected}) from error


def _program(value: str) -> str:
    if "/" in value and not value.startswith(("/", "~/")):
        raise PydanticCustomError("program", "a name to look up in PATH, or a path that begins with / or ~/")
    return value


class _Table(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Pane(_Table):
    """`[panes.NAME]`: one pane, by its name or its id. An id wants quotes: `[panes."%3"]`."""

    mode: Annotated[
        Mode | None,
        BeforeValidator(_mode, json_schema_input_type=str),
        Field(description="The pane's mode, taken on trust where it cannot be told from the pane itself."),
    ] = None


class History(_Table):
    """`[history]`: what is kept of what was sent."""

    enabled: Annotated[
        bool,
        Field(description="Whether texts are kept. false: each goes as soon as its send has ended, however it ended."),
    ] = True
    keep: Annotated[
        int,
        Field(description="How many sends are kept, the newest; fewer when they would take more than 64 MB."),
        Field(ge=1),
    ] = 1000


class File(_Table):
    """The whole file."""

    claude: Annotated[
        str | None,
        Field(
            description="The Claude Code program: a name to look up in PATH, or a path. LLM_SEND_CLAUDE outranks it."
        ),
        Field(min_length=1),
        AfterValidator(_program),
    ] = None
    lock: Annotated[
        Lock,
        Field(description="What becomes of a prompt typed by hand while the pane is not in its lock's mode."),
    ] = "warn"
    bring_back: Annotated[
        BringBack,
        Field(description="Whether an idle pane that has left its lock's mode is brought back without asking."),
    ] = "auto"
    history: Annotated[
        History,
        Field(description="What is kept of what was sent."),
    ] = History()
    panes: Annotated[
        dict[str, Pane],
        Field(description="What you know about single panes."),
    ] = {}


def config_of(table: dict[str, Any]) -> Config:
    """The configuration a parsed file means. Raises pydantic's ValidationError, with every problem in it."""
    file = File.model_validate(table)
    panes = {name: PaneConfig(mode=pane.mode) for name, pane in file.panes.items()}
    history = HistoryConfig(enabled=file.history.enabled, keep=file.history.keep)
    return Config(file.claude, file.lock, file.bring_back, history, MappingProxyType(panes))


def keys_at(location: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand in the table at `location`; empty where any name may, or where there is no table."""
    whole = File.model_json_schema()
    here = whole
    for step in location:
        here = _resolved(here.get("properties", {}).get(step) or here.get("additionalProperties") or {}, whole)
    return list(here.get("properties", {}))


def _resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "").removeprefix("#/$defs/")
    return whole["$defs"][reference] if reference else schema
