"""What may stand in the configuration file: sections, keys, types, defaults and one sentence each.

Imports pydantic, so it is imported only when there is something to validate.
"""

from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, Field

from llm_send.config.agent_keys import AgentKeys
from llm_send.config.keys import ClaudeKeys, ConfinementKeys, PaneKeys, Preset, Profile
from llm_send.config.table import UNSAID, Table
from llm_send.config.types import BringBack, Config, HistoryConfig, Lock, PaneConfig
from llm_send.config.values import ModeWord, Program

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Pane(PaneKeys):
    """`[panes.NAME]`: one pane, by its name or its id. An id wants quotes: `[panes."%3"]`."""

    mode: Annotated[
        ModeWord,
        Field(description="The pane's mode, taken on trust where it cannot be told from the pane itself."),
    ] = UNSAID


class History(Table):
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


class Policy(Table):
    """`[policy]`: who may ask for what. It has no keys yet."""


class Ui(Table):
    """`[ui]`: what is shown, and how. It has no keys yet."""


class _Sections(Table):
    """What both files may say."""

    defaults: Annotated[PaneKeys, Field(description="What counts for every pane.")] = UNSAID
    sessions: Annotated[
        dict[str, PaneKeys], Field(description="What counts for the panes of a tmux session, by its name.")
    ] = UNSAID
    presets: Annotated[dict[str, Preset], Field(description="Claudes by name.")] = UNSAID
    profiles: Annotated[dict[str, Profile], Field(description="Confinements by name.")] = UNSAID


class ProjectFile(_Sections):
    """A project's file. What is the person's own to say is not in it."""

    panes: Annotated[dict[str, PaneKeys], Field(description="What counts for single panes.")] = UNSAID


class _Own(Table):
    """What the person's own file says alone."""

    claude: Annotated[
        Program,
        Field(
            description="The Claude Code program: a name to look up in PATH, or a path. LLM_SEND_CLAUDE outranks it."
        ),
    ] = UNSAID
    lock: Annotated[
        Lock,
        Field(description="What becomes of a prompt typed by hand while the pane is not in its lock's mode."),
    ] = "warn"
    bring_back: Annotated[
        BringBack,
        Field(description="Whether an idle pane that has left its lock's mode is brought back without asking."),
    ] = "auto"
    history: Annotated[History, Field(description="What is kept of what was sent.")] = History()
    policy: Annotated[Policy, Field(description="Who may ask for what.")] = Policy()
    ui: Annotated[Ui, Field(description="What is shown, and how.")] = Ui()


class File(_Sections, _Own):
    """The person's own file."""

    panes: Annotated[
        dict[str, Pane],
        Field(default_factory=dict, description="What counts for single panes, and what you know about them."),
    ]


# What a document may be, by the word that says which.
SHAPES: dict[str, type[BaseModel]] = {"person": File, "project": ProjectFile, "pane": PaneKeys, "claude": ClaudeKeys}


def config_of(file: File) -> Config:
    """The configuration a file means, as far as it is not about what a pane's Claude is given."""
    panes = {name: PaneConfig(mode=pane.mode) for name, pane in file.panes.items()}
    history = HistoryConfig(enabled=file.history.enabled, keep=file.history.keep)
    return Config(file.claude, file.lock, file.bring_back, history, MappingProxyType(panes))


def json_schema(model: type[BaseModel] = File) -> dict[str, Any]:
    """The JSON Schema of a file, for editors. A key that need not be there has no default in it."""
    schema: dict[str, Any] = _plain(model.model_json_schema())
    return {"$schema": DIALECT, "title": "llm-send", **schema}


def _plain(value: Any) -> Any:
    """Without the titles pydantic makes of names, and without the defaults that mean "not said"."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    said = {key: each for key, each in value.items() if key != "title" or not isinstance(each, str)}
    return {key: _plain(each) for key, each in said.items() if (key, each) != ("default", None)}


def keys_at(location: tuple[str | int, ...], shape: str) -> list[str]:
    """The keys that may stand in the table at `location`; empty where any name may, or where there is no table."""
    whole = SHAPES[shape].model_json_schema()
    here = whole
    for step in location:
        here = _resolved(here.get("properties", {}).get(step) or here.get("additionalProperties") or {}, whole)
    return list(here.get("properties", {}))


def _resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref", "").removeprefix("#/$defs/")
    return whole["$defs"][reference] if reference else schema


def kind_of(key: str) -> str | None:
    """`claude`, `agents` or `confinement`, None for a key that is none of them."""
    if key in ClaudeKeys.model_fields:
        return "claude"
    if key in AgentKeys.model_fields:
        return "agents"
    return "confinement" if key in ConfinementKeys.model_fields else None
