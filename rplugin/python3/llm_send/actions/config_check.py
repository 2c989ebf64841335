"""Check configuration files, whether they count or not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from llm_send.actions.context import Context
from llm_send.config import trust
from llm_send.config.files import PROJECT, bytes_of, person_file, project_file, project_files
from llm_send.config.load import document_of
from llm_send.config.types import Sources
from llm_send.config.whole import check


@dataclass(frozen=True)
class ConfigCheckRequest:
    """One file; None for all that would be looked at from here."""

    file: str | None = None


@dataclass(frozen=True)
class Checked:
    """A file without a mistake. `trusted` is None for the person's own, which needs nobody's trust."""

    file: Path
    trusted: bool | None = None

    def as_dict(self) -> dict[str, object]:
        return {"file": str(self.file), "trusted": self.trusted}


@dataclass(frozen=True)
class ConfigCheckResult:
    files: tuple[Checked, ...]

    def as_dict(self) -> dict[str, object]:
        return {"files": [each.as_dict() for each in self.files]}


def config_check(ctx: Context, request: ConfigCheckRequest) -> ConfigCheckResult:
    """The files, which are right. Raises LlmSendError `config` for the first mistake in one that is not."""
    own, project = _files(ctx, request)
    found = Sources(document_of(own, "person") if own else None, document_of(project, "project") if project else None)
    check(found)
    checked = [Checked(own)] if own and (request.file is None or not project) else []
    if project:
        same = trust.trusted(ctx.paths, project) == trust.digest(bytes_of(project))
        checked.append(Checked(project, trusted=same))
    return ConfigCheckResult(tuple(checked))


def _files(ctx: Context, request: ConfigCheckRequest) -> tuple[Path | None, Path | None]:
    """The person's file and the project's. A project's is looked at together with the person's: it may build on it."""
    if request.file is None:
        here = project_files(ctx.here.cwd)
        return person_file(ctx.paths), project_file(ctx.here.cwd) if here else None
    file = Path(ctx.here.cwd, request.file)
    return (person_file(ctx.paths), file) if file.name in PROJECT else (file, None)
