"""Reads the configuration files and what of the environment outranks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from llm_send.config import trust
from llm_send.config.files import bytes_of, decoded, form_of, person_file, project_files, text_of
from llm_send.config.read import Format, Shape, document, model_of
from llm_send.config.types import Config, Document, Sources
from llm_send.errors import LlmSendError
from llm_send.paths import Paths

if TYPE_CHECKING:
    from llm_send.config.schema import File

INERT = "so it counts for nothing. Read it, then: llm-send config trust"


def load(paths: Paths, environment: Mapping[str, str]) -> Config:
    """The configuration in force. Without a file: the defaults, and nothing is imported to validate them.

    Raises LlmSendError `config` for a file that cannot be read, is neither TOML nor JSON, or says what is not in the
    schema.
    """
    file = person_file(paths)
    config = Config() if file is None else _config_of(file)
    claude = environment.get("LLM_SEND_CLAUDE") or config.claude
    if claude and claude.startswith("~/"):
        claude = environment.get("HOME", "~") + claude[1:]
    return replace(config, claude=claude)


def _config_of(file: Path) -> Config:
    from llm_send.config.schema import config_of

    return config_of(cast("File", model_of(text_of(file), _form(file), "person", source=str(file))))


def sources(paths: Paths, cwd: str) -> Sources:
    """What panes are configured by, seen from `cwd`. A project's file that is not trusted is a notice and no more.

    Raises LlmSendError `config` for the person's file and for a trusted one, as `load` does; `trust` where what is
    trusted cannot be told.
    """
    own = person_file(paths)
    person = document_of(own, "person") if own else None
    found = project_files(cwd)
    if not found:
        return Sources(person)
    if len(found) > 1:
        return Sources(person, notices=(f"{found[0]} and {found[1].name} are both there, so neither is used.",))
    project = _project(paths, found[0])
    return Sources(person, project) if isinstance(project, Document) else Sources(person, notices=(project,))


def _project(paths: Paths, file: Path) -> Document | str:
    """The project's file; what there is to say of it where it is not trusted.

    It is read once: what was found to be trusted is what counts. One that never was is not read at all.
    """
    known = trust.trusted(paths, file)
    if known is None:
        return f"{file} is not trusted, {INERT}"
    content = bytes_of(file)
    if trust.digest(content) != known:
        return f"{file} has changed since it was trusted, {INERT}"
    return document_of(file, "project", decoded(content, file))


def document_of(file: Path, shape: Shape, text: str | None = None) -> Document:
    """A configuration file that can be read and is valid."""
    form = _form(file)
    return document(text_of(file) if text is None else text, form, shape, source=str(file), file=str(file))


def _form(file: Path) -> Format:
    form = form_of(file)
    if form:
        return form
    message = f"{file} is no configuration file by its name."
    raise LlmSendError("config", message, "It ends in .toml or .json.", found=file.suffix, expected=".toml or .json")
