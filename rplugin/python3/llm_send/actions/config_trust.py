"""Trust a project's file, or trust it no longer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llm_send.actions.context import Context
from llm_send.claude.commandline import scrubbed
from llm_send.config import trust
from llm_send.config.files import PROJECT, bytes_of, decoded, person_file, project_file
from llm_send.config.load import document_of
from llm_send.config.types import Key, Sources
from llm_send.config.whole import check
from llm_send.config.words import dotted
from llm_send.errors import Refused, UsageError


@dataclass(frozen=True)
class ConfigTrustRequest:
    """That file; None for the one that is looked at from here. `trusted` says which way."""

    file: str | None = None
    trusted: bool = True


@dataclass(frozen=True)
class ConfigTrustResult:
    """`sha256` is of what is trusted, `sets` the keys that count from now on; `changed` whether that is news."""

    file: Path
    trusted: bool
    changed: bool
    sha256: str | None = None
    sets: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        return {
            "file": str(self.file),
            "trusted": self.trusted,
            "changed": self.changed,
            "sha256": self.sha256,
            "sets": list(self.sets),
        }


def config_trust(ctx: Context, request: ConfigTrustRequest) -> ConfigTrustResult:
    """Trust the file as it is now. Raises LlmSendError `config` for one with a mistake in it: it would only
    fail; Refused where an agent asks."""
    file = _file(ctx, request.file)
    if not request.trusted:
        return ConfigTrustResult(file, trusted=False, changed=trust.distrust(ctx.paths, file))
    if scrubbed(ctx.environment):
        message = "A project's file is trusted by a person, and this was asked from within Claude Code."
        raise Refused("policy", message, f"Have the person run: llm-send config trust {file}")
    content = bytes_of(file)  # once: what was looked at is what is trusted
    document = document_of(file, "project", decoded(content, file))
    own = person_file(ctx.paths)
    check(Sources(document_of(own, "person") if own else None, document))
    changed = trust.trust(ctx.paths, file, content)
    sets = tuple(dotted(path) for path in _keys(document.tree))
    return ConfigTrustResult(file, trusted=True, changed=changed, sha256=trust.digest(content), sets=sets)


def _file(ctx: Context, name: str | None) -> Path:
    if name is None:
        return project_file(ctx.here.cwd)
    file = Path(ctx.here.cwd, name)
    if file.name in PROJECT:
        return file
    message = f"{file.name} is not what a project's file is called, so it is never looked at."
    raise UsageError("usage", message, f"It is {' or '.join(PROJECT)}.", found=name, expected=list(PROJECT))


def _keys(tree: Mapping[str, Any], path: Key = ()) -> Iterator[Key]:
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            yield from _keys(value, (*path, key))
        else:
            yield (*path, key)
