"""The keys a pane may be configured with, one sentence each. The reference and the JSON Schema are made from this.

Claude keys say what its Claude is like and may stand in presets, and so may agent keys, which say what it may ask of
llm-send; confinement keys say what it may reach and may stand in profiles. All may stand wherever a pane is configured.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from llm_send.config.agent_keys import AgentKeys
from llm_send.config.table import UNSAID, Table
from llm_send.config.types import ALIASES
from llm_send.config.values import Json, Secrets, StatusLine, Text, Texts, Variable


class Permissions(Table):
    """What Claude may do without asking, must not do, and must ask for, in its own rules: `Bash(git log:*)`."""

    allow: Annotated[Texts, Field(description="What it may do without asking.")] = UNSAID
    deny: Annotated[Texts, Field(description="What it may not do, whatever else is said.")] = UNSAID
    ask: Annotated[Texts, Field(description="What it asks for every time.")] = UNSAID
    additional_directories: Annotated[Texts, Field(description="Folders it may work in besides its own.")] = UNSAID


class ClaudeKeys(Table):
    """What the pane's Claude is like."""

    model: Annotated[
        Text,
        Field(description="The model: an alias of Claude's (haiku, sonnet, opus) or a full name, passed on as it is."),
    ] = UNSAID
    fallback_model: Annotated[Text, Field(description="The model Claude turns to when the first is overloaded.")] = (
        UNSAID
    )
    context_limit: Annotated[
        int, Field(ge=20000, description="How many tokens of context are used before Claude compacts them.")
    ] = UNSAID
    temperature: Annotated[float, Field(ge=0, le=1, description="How freely the model chooses its words.")] = UNSAID
    max_output_tokens: Annotated[int, Field(gt=0, description="How many tokens one answer of the model may have.")] = (
        UNSAID
    )
    effort: Annotated[
        Literal["low", "medium", "high", "xhigh", "max"], Field(description="How much thought the model takes.")
    ] = UNSAID
    permissions: Annotated[
        Permissions, Field(description="Claude's permission rules, added to those of your own settings.")
    ] = UNSAID
    env: Annotated[dict[Variable, str], Field(description="Environment variables of the pane.")] = UNSAID
    mcp_servers: Annotated[
        dict[str, Json], Field(description="MCP servers by name, each as in Claude's own mcpServers.")
    ] = UNSAID
    mcp_only: Annotated[
        bool, Field(description="Whether those of mcp_servers are all there are; else yours are there too.")
    ] = UNSAID
    system_prompt: Annotated[Text, Field(description="Text that is added to Claude's own system prompt.")] = UNSAID
    status_line: Annotated[
        StatusLine, Field(description="The command that writes Claude's status line, or false for none.")
    ] = UNSAID
    settings: Annotated[Json, Field(description="Any other setting of Claude's, passed on under its own name.")] = (
        UNSAID
    )


class ConfinementKeys(Table):
    """What the pane may reach and use up."""

    cwd: Annotated[Text, Field(description="The folder it works in.")] = UNSAID
    isolate_fs: Annotated[
        bool, Field(description="Whether it sees a file system of its own, with what is secret out of sight.")
    ] = UNSAID
    isolate: Annotated[bool, Field(description="Another name of isolate_fs.")] = UNSAID
    readonly: Annotated[bool, Field(description="Whether it can write nothing to its folder.")] = UNSAID
    local_only: Annotated[
        bool, Field(description="Whether it reaches no network but its model; with isolate_fs or readonly.")
    ] = UNSAID
    timeout_secs: Annotated[int, Field(gt=0, description="After how many seconds it is ended.")] = UNSAID
    memory_limit_mb: Annotated[
        int, Field(gt=0, description="How many megabytes of memory all its processes may use together.")
    ] = UNSAID
    log_path: Annotated[Text, Field(description="The file its output is written to.")] = UNSAID
    secure_env: Annotated[
        Secrets,
        Field(
            description="Variables that reach it and are shown and kept nowhere: names of your own, or a table that "
            "says of each where its value comes from, {command = …} or {file = …}."
        ),
    ] = UNSAID
    keep_scratch: Annotated[
        bool, Field(description="Whether the folder it worked in is kept when it has ended; only with isolate_fs.")
    ] = UNSAID
    best_effort: Annotated[
        bool,
        Field(description="Whether it starts although this machine cannot enforce all that is asked for."),
    ] = UNSAID

    @model_validator(mode="after")
    def _one_name_each(self) -> Self:
        for alias, name in ALIASES.items():
            if {alias, name} <= self.model_fields_set:
                raise PydanticCustomError("both", "{alias} is {name} by another name; only one of them may be there",
                                          {"alias": alias, "name": name})  # fmt: skip
        return self


class PaneKeys(ConfinementKeys, AgentKeys, ClaudeKeys):  # pydantic puts the keys of the last one first
    """All keys of a pane."""

    preset: Annotated[Text, Field(description="The preset that counts where a key is not set nearer by.")] = UNSAID
    profile: Annotated[Text, Field(description="The profile that counts where a key is not set nearer by.")] = UNSAID
    config_ref: Annotated[Text, Field(description="Another name of profile.")] = UNSAID


class Preset(AgentKeys, ClaudeKeys):
    """`[presets.NAME]`: a Claude by name. One of the same name as a built-in one takes its place."""

    inherits: Annotated[Text, Field(description="The preset that counts for what this one does not say.")] = UNSAID
    description: Annotated[str, Field(description="What it is for, for the listing.")] = UNSAID


class Profile(ConfinementKeys):
    """`[profiles.NAME]`: a confinement by name."""

    inherits: Annotated[Text, Field(description="The profile that counts for what this one does not say.")] = UNSAID
    description: Annotated[str, Field(description="What it is for, for the listing.")] = UNSAID
