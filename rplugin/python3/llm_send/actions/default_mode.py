"""Set the mode every Claude of the person's starts in when nothing else is said."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from llm_send.claude.user_settings import Change, set_default_mode, settings_file
from llm_send.modes import Mode, from_claude

if TYPE_CHECKING:
    from llm_send.actions.context import Context


@dataclass(frozen=True)
class DefaultModeRequest:
    mode: Mode


@dataclass(frozen=True)
class DefaultModeResult:
    """`previous` is the mode before, as seen; None where the file said nothing."""

    mode: Mode
    change: Change

    def as_dict(self) -> dict[str, object]:
        change = self.change
        return {
            "file": str(change.file),
            "mode": self.mode.value,
            "previous": from_claude(change.previous) if change.previous else None,
            "changed": change.changed,
            "backup": str(change.backup) if change.backup else None,
        }


def default_mode(ctx: "Context", request: DefaultModeRequest) -> DefaultModeResult:
    file = settings_file(ctx.environment)
    return DefaultModeResult(request.mode, set_default_mode(file, request.mode.claude))
