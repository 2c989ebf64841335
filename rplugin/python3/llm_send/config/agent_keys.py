"""What a pane's agent may ask of llm-send, one sentence each. Nothing unless you say so."""

from typing import Annotated, Literal

from pydantic import Field

from llm_send.config.table import UNSAID, Table
from llm_send.config.values import ModeWord, Texts


class Agents(Table):
    """What the pane's agent may do with other panes. What goes beyond its own rights is asked of you in Neovim."""

    allow: Annotated[
        list[Literal["read", "send", "spawn", "close"]],
        Field(
            description="What it may do: read lists panes and reads their screens and answers, send prompts them, "
            "spawn opens, copies and changes them, close closes them; its own and shared ones only."
        ),
    ] = UNSAID
    ask: Annotated[
        bool,
        Field(description="Whether you are asked about what goes beyond its own rights; false: it is refused."),
    ] = UNSAID
    max_panes: Annotated[
        int,
        Field(ge=0, le=100, description="How many panes it and those it opened may have open at once; 4 unless set."),
    ] = UNSAID
    max_depth: Annotated[
        int, Field(ge=0, le=10, description="How many agents deep panes may open panes; 1 unless set: its own may not.")
    ] = UNSAID
    per_minute: Annotated[
        int, Field(ge=1, le=600, description="How many requests it may make in a minute; 30 unless set.")
    ] = UNSAID
    max_total: Annotated[
        int, Field(ge=1, le=100000, description="How many panes it may open in its life; 50 unless set.")
    ] = UNSAID
    also_modes: Annotated[
        list[ModeWord], Field(description="Modes it may give its panes though its own is a stricter one.")
    ] = UNSAID
    also_folders: Annotated[Texts, Field(description="Folders its panes may work in besides its own.")] = UNSAID
    also_commands: Annotated[
        Texts, Field(description="Other programs than Claude it may start: how their command lines begin.")
    ] = UNSAID
    also_presets: Annotated[
        Texts, Field(description="Presets and profiles it may use although they give more than it has.")
    ] = UNSAID
    also_env: Annotated[
        Texts, Field(description="Variables it may give its panes: names, or beginnings that end in *.")
    ] = UNSAID
    answer: Annotated[
        Literal["prompt", "input", "off"],
        Field(
            description="How the outcome of a directive is told to it: as a prompt (Claude), on its standard input "
            "(other programs), or not at all."
        ),
    ] = UNSAID
    fallback: Annotated[
        str,
        Field(
            description="The profile of a pane whose configuration in a directive is invalid; empty: it is not opened. "
            "restrictive unless set."
        ),
    ] = UNSAID


class AgentKeys(Table):
    """What the pane's agent may ask of llm-send."""

    mcp: Annotated[bool, Field(description="Whether its Claude is given llm-send's MCP server.")] = UNSAID
    sideband: Annotated[
        Literal["off", "on", "trusting"],
        Field(
            description="Whether directives in its agent's own words are read; trusting: also those without the key, "
            "in the output of another program than Claude."
        ),
    ] = UNSAID
    agents: Annotated[Agents, Field(description="What its agent may do with other panes.")] = UNSAID
    shared: Annotated[
        list[Literal["read", "send", "close"]], Field(description="What agents that did not open it may do with it.")
    ] = UNSAID
