"""What the tools of the MCP server take. The schemas that agents see are made from this."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

ModeName = Literal["normal", "plan", "auto-accept"]
PaneName = Annotated[str, Field(min_length=1, description="The pane: its name, or its id such as %3.")]
CONFIG = (
    "Its configuration, an object (or that as JSON): model, context_limit, temperature, effort, env, permissions, cwd, "
    "isolate_fs, readonly, local_only, timeout_secs, memory_limit_mb … Secret values in env reach the pane and are "
    "kept nowhere."
)


class Arguments(BaseModel):
    """Every tool's: what is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Arguments):
    """Takes nothing."""


class Model(Arguments):
    """What says how a Claude is configured."""

    model: Annotated[str | None, Field(min_length=1, description="The model: haiku, sonnet, opus, or a full name.")] = (
        None
    )
    claude_model: Annotated[str | None, Field(min_length=1, description="Another name of model.")] = None
    config: Annotated[dict[str, Any] | str | None, Field(description=CONFIG)] = None
    preset: Annotated[str | None, Field(min_length=1, description="A preset by name: list_presets lists them.")] = None
    profile: Annotated[str | None, Field(min_length=1, description="A confinement by name, such as read-only.")] = None
    config_ref: Annotated[str | None, Field(min_length=1, description="Another name of profile.")] = None

    @model_validator(mode="after")
    def _one_name_each(self) -> "Model":
        for name, alias in (("model", "claude_model"), ("profile", "config_ref")):
            if getattr(self, name) and getattr(self, alias):
                raise PydanticCustomError(
                    "both", "{alias} is {name} by another name; give one", {"alias": alias, "name": name}
                )
        return self


class Placed(Model):
    """What says where a new pane goes."""

    session: Annotated[
        str | None, Field(min_length=1, description="A tmux session for it, made if need be; yours unless given.")
    ] = None
    name: Annotated[
        str | None, Field(min_length=1, description="What to call it; no other pane may have that name.")
    ] = None
    mode: Annotated[
        ModeName | None, Field(description="The permission mode it is kept to; normal unless yours is plan.")
    ] = None
    direction: Annotated[
        Literal["right", "below", "window", "horizontal", "vertical"] | None,
        Field(description="Where it opens beside you; right unless given."),
    ] = None


class CreatePane(Placed):
    """Open a pane."""

    command: Annotated[
        str | list[str],
        Field(
            description="What runs in it: Claude Code (claude, claude --resume ID) or another program, as in a shell."
        ),
    ] = "claude"
    cwd: Annotated[str | None, Field(min_length=1, description="The folder it works in; yours unless given.")] = None


class CreateConfigured(CreatePane):
    """Open a pane with a configuration."""

    config: Annotated[dict[str, Any] | str, Field(description=CONFIG)]


class SetConfig(Model):
    """Change a pane."""

    pane: PaneName


class ForkPane(Placed):
    """Open a copy of a pane's conversation."""

    pane: PaneName


class SendPrompt(Arguments):
    """Prompt a pane."""

    pane: PaneName
    text: Annotated[str, Field(min_length=1, description="The prompt, as it is to arrive.")]
    wait_for_answer: Annotated[
        bool, Field(description="Whether to wait until its Claude has ended the turn, and return what it said.")
    ] = False
    timeout_secs: Annotated[float, Field(ge=0, le=86400, description="How long to wait at most.")] = 600
    queue: Annotated[
        Literal["own", "no"], Field(description="While the pane is busy: own holds the prompt back, no refuses it.")
    ] = "own"


class ReadPane(Arguments):
    """Look at a pane."""

    pane: PaneName
    lines: Annotated[int, Field(ge=0, le=5000, description="How many lines above its screen to show too.")] = 0


class WaitForPane(Arguments):
    """Wait for a pane."""

    pane: PaneName
    until: Annotated[
        Literal["idle", "waiting", "finished"],
        Field(description="idle: ready for a prompt; waiting: it asks a person something; finished: either of them."),
    ] = "finished"
    timeout_secs: Annotated[float, Field(ge=0, le=86400, description="How long to wait at most.")] = 600


class SetMode(Arguments):
    """Bring a pane to a mode."""

    pane: PaneName
    mode: Annotated[ModeName, Field(description="The permission mode.")]


class ClosePane(Arguments):
    """Close a pane."""

    pane: PaneName
    force: Annotated[bool, Field(description="Also while it is busy or waits for an answer.")] = False


class GetConfig(Arguments):
    """See a configuration."""

    pane: Annotated[str | None, Field(min_length=1, description="A pane; without it your own.")] = None
