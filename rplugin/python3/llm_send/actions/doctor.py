"""Look for what could keep sends from working, and say how to mend it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from llm_send.actions import checks, confinements
from llm_send.actions.checks import Check
from llm_send.actions.context import Context
from llm_send.actions.gate_check import gate
from llm_send.errors import LlmSendError

CHECKS: dict[str, Callable[[Context], Check | None]] = {
    "llm-send": checks.own_version,
    "python": checks.python,
    "state folder": checks.state_folder,
    "configuration": checks.configuration,
    "tmux": checks.tmux,
    "tmux server": checks.tmux_server,
    "claude": checks.claude,
    "claude settings": checks.claude_settings,
    "gate": gate,
    **confinements.CHECKS,
    "panes": checks.panes,
    "neovim": checks.neovim,
}
REPORT: dict[str, Callable[[Context], Check | None]] = {
    "system": checks.system,
    "environment": checks.surroundings,
    "log": checks.log,
}


@dataclass(frozen=True)
class DoctorRequest:
    """`report` adds what a bug report needs, with the home folder's name left out. No prompt text is ever in it."""

    report: bool = False


@dataclass(frozen=True)
class DoctorResult:
    checks: tuple[Check, ...]

    def as_dict(self) -> dict[str, object]:
        order = ("name", "status", "message", "hint")
        return {"checks": [{key: getattr(check, key) for key in order} for check in self.checks]}


def doctor(ctx: Context, request: DoctorRequest) -> DoctorResult:
    """Make every check; one that fails or breaks does not keep the others from being made."""
    found = tuple(_results(ctx, CHECKS | (REPORT if request.report else {})))
    home = ctx.environment.get("HOME")
    if request.report and home and home != "/":
        found = tuple(
            replace(check, message=check.message.replace(home, "~"), hint=check.hint and check.hint.replace(home, "~"))
            for check in found
        )
    return DoctorResult(found)


def _results(ctx: Context, wanted: dict[str, Callable[[Context], Check | None]]) -> Iterator[Check]:
    for name, look in wanted.items():
        try:
            check = look(ctx)
        except LlmSendError as error:
            check = Check("error", error.message, error.hint)
        except Exception as error:  # noqa: BLE001  # a doctor who faints helps nobody
            check = Check("error", f"This check broke: {type(error).__name__}: {error}", "Please report it.")
        if check:
            yield replace(check, name=name)
