"""What of a wish goes beyond the asker's own rights, in words for the person who is asked about it.

Mode, folder, command, environment, network, files, lifetime, and everything else that a configuration can give. What
the person has given otherwise, by the asker's own configuration or by a rule, is not beyond. A key that is not known
to be harmless is beyond.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from llm_send.claude.commandline import position
from llm_send.claude.permission import FREEDOM
from llm_send.config.words import dotted
from llm_send.confine.asked import sources
from llm_send.confine.hidden import secret_by_name
from llm_send.sideband.rights import Asker, Rights, Values, Wish, rights_of

RANK = {"plan": 0, "normal": 1, "auto-accept": 2}
# What a preset holds is judged key by key, the folder by itself.
HARMLESS = frozenset(
    (
        *("model", "fallback_model", "context_limit", "temperature", "max_output_tokens", "effort", "system_prompt"),
        *("preset", "profile"),  # what they hold is judged key by key
        *("cwd", "keep_scratch"),  # the folder is judged by itself
    )
)
LIMITS = {"timeout_secs": "seconds", "memory_limit_mb": "MB"}
HELD = ("deny", "ask")  # of the permissions: what holds for the asker holds for its panes
CLOSED = ("isolate_fs", "readonly", "local_only", "mcp_only")
# Variables that say nothing to any program but the one they are meant for. Others make programs run, load or trust
# something else (PATH, GOFLAGS, BASH_ENV …), and nobody knows them all.
FREE = re.compile(r"(?:LLM|AGENT|WORKER|TASK)_(?!SEND_)[A-Z0-9_]*")
# Secrets that choose an account, and so what is trusted and who pays.
TELLING = re.compile(r"(?:CLAUDE|ANTHROPIC|AWS_|GOOGLE_|AZURE_|VERTEX|LLM_SEND|GIT|GH_|GITHUB|SSH|NPM_|DOCKER|KUBE).*")
PLAIN = frozenset(("--fork-session", "--verbose"))
VALUED = frozenset(("--session-id", "--model", "--fallback-model", "--effort", "--name", "-n"))
RESUMES = ("--resume", "-r")


def beyond(asker: Asker, wish: Wish) -> Iterator[str]:
    """One line for each thing. Nothing: it is within the asker's own rights."""
    rights = asker.rights
    yield from _mode(asker, rights, wish)
    yield from _folder(asker, rights, wish)
    yield from _command(rights, wish)
    if wish.opens or wish.values:
        yield from _weaker(asker, wish.values)
    granted = (asker.values, *wish.granted)
    for key, value in wish.values.items():
        if key not in HARMLESS and key not in CLOSED and key not in LIMITS:
            judge = JUDGES.get(key, _same)
            known = [each[key] for each in granted if key in each]
            yield from judge(key, _but_for_rules(key, value, rights), known, wish)


def _but_for_rules(key: str, value: Any, rights: Rights) -> Any:
    if key != "env" or not rights.also_env:
        return value
    return {name: each for name, each in value.items() if not any(fnmatchcase(name, rule) for rule in rights.also_env)}


def rank_of(mode: str | None) -> int:
    """How much a mode lets Claude do unasked; one that is not known counts as the least."""
    return RANK.get(mode or "", FREEDOM.get(mode or "", 0))


def _mode(asker: Asker, rights: Rights, wish: Wish) -> Iterator[str]:
    if wish.mode and rank_of(wish.mode) > rank_of(asker.mode) and wish.mode not in rights.also_modes:
        yield f"mode {wish.mode}; its own is {asker.mode or 'not known'}"


def _folder(asker: Asker, rights: Rights, wish: Wish) -> Iterator[str]:
    if wish.cwd is None:
        return
    place = Path(wish.cwd).resolve()
    if not any(place.is_relative_to(each) for each in _folders(asker, rights)):
        yield f"folder {place}; its own is {asker.cwd}"


def _folders(asker: Asker, rights: Rights) -> Iterator[Path]:
    for each in (asker.cwd, *rights.also_folders):
        with suppress(RuntimeError):  # the home of somebody who is not there
            yield Path(each).expanduser().resolve()


def _command(rights: Rights, wish: Wish) -> Iterator[str]:
    command = wish.command
    if command is None or any(_begins(command, rule) for rule in rights.also_commands):
        return
    if position(command) != 0 or command[0] != "claude":
        yield f"the program {shlex.join(command)}"
    else:
        yield from _arguments(list(command[1:]), wish.known)


def _arguments(words: list[str], known: frozenset[str]) -> Iterator[str]:
    """Of Claude. A word by itself may be a command (`claude mcp add`), or a prompt that is one (`/add-dir`)."""
    while words:
        name, equals, value = words.pop(0).partition("=")
        if name in RESUMES:
            if not equals and words and not words[0].startswith("-"):
                value = words.pop(0)
            if value and value not in known:
                yield f"the conversation {value}, which is not one of its panes'"
        elif name in VALUED:
            if not equals and words:
                words.pop(0)
        elif name not in PLAIN or equals:
            said = f"{name}{equals}{value}"
            rest, words = words, []
            yield f"Claude's arguments {shlex.join([said, *rest])}"


def _begins(command: tuple[str, ...], rule: str) -> bool:
    try:
        words = tuple(shlex.split(rule))
    except ValueError:  # a quote that is meant as one
        words = tuple(rule.split())
    return bool(words) and command[: len(words)] == words


def _weaker(asker: Asker, values: Values) -> Iterator[str]:
    """Confinement that the asker has and the other pane would not."""
    own = asker.values
    for key in CLOSED:
        if own.get(key) and not values.get(key):
            yield f"no {key}, which it has itself"
    for key, unit in LIMITS.items():
        most = asker.left if key == "timeout_secs" else own.get(key)
        wanted = values.get(key)
        if most is not None and (wanted is None or wanted > most):
            yield f"{key} {wanted or 'without end'}; its own has {most:.0f} {unit} left"
    for key in HELD:
        lost = [each for each in _listed(own, key) if each not in _listed(values, key)]
        if lost:
            yield f"permissions.{key} without {', '.join(lost)}, which holds for it"
    yield from _lost("settings", own.get("settings", {}), values.get("settings", {}))


def _listed(values: Values, key: str) -> list[str]:
    return list(values.get("permissions", {}).get(key, ()))


def _lost(key: str, own: Any, other: Any) -> Iterator[str]:
    """What of a table is not the same in the other."""
    if isinstance(own, Mapping) and own:
        for name, each in own.items():
            yield from _lost(f"{key}.{dotted((name,))}", each, other.get(name) if isinstance(other, Mapping) else None)
    elif own != other and own != {}:
        yield f"{key} not as it is for itself"


def _same(key: str, value: Any, granted: list[Any], wish: Wish) -> Iterator[str]:
    """Leaf by leaf: a table that is granted in part is beyond in the rest."""
    if isinstance(value, Mapping) and value:
        for name, each in value.items():
            inner = [table[name] for table in granted if isinstance(table, Mapping) and name in table]
            yield from _same(f"{key}.{dotted((name,))}", each, inner, wish)
    elif value not in granted:
        yield f"{key} {'…' if secret_by_name(key.rpartition('.')[2]) else value}"


def _whole(key: str, value: Mapping[str, Any], granted: list[Any], wish: Wish) -> Iterator[str]:  # noqa: ARG001
    """An MCP server with one argument fewer may be another."""
    for name, each in value.items() or [("", {})]:
        if each not in [table.get(name) for table in granted]:
            yield f"{key} {name}: {redacted_words(each)}"


def redacted_words(server: Any) -> str:
    """A server's command line; its variables by name."""
    if not isinstance(server, Mapping):
        return str(server)
    words = [server.get("command") or server.get("url") or "", *map(str, server.get("args", ()))]
    names = ", ".join(map(str, server.get("env", {}))) if isinstance(server.get("env"), Mapping) else ""
    return " ".join([shlex.join(map(str, words)), *([f"({names})"] if names else [])])


def _switch(key: str, value: Any, granted: list[Any], wish: Wish) -> Iterator[str]:
    """One that gives nothing when it is off."""
    if value not in (False, "off", []):
        yield from _same(key, value, granted, wish)


def _permissions(key: str, value: Mapping[str, Any], granted: list[Any], wish: Wish) -> Iterator[str]:  # noqa: ARG001
    for name in ("allow", "additional_directories"):
        known = [each for table in granted for each in table.get(name, ())]
        yield from (f"{key}.{name} {each}" for each in value.get(name, ()) if each not in known)


def _environment(key: str, value: Mapping[str, str], granted: list[Any], wish: Wish) -> Iterator[str]:  # noqa: ARG001
    for name, each in value.items():
        if not FREE.fullmatch(name) and each not in [table.get(name) for table in granted]:
            yield f"the variable {name}={'…' if secret_by_name(name) else each}"


def _secret(key: str, value: Any, granted: list[Any], wish: Wish) -> Iterator[str]:
    known = [item for each in granted for item in sources(each).items()]
    for name, source in sources(value).items():
        if name in wish.secrets and not source:
            if TELLING.fullmatch(name):
                yield f"the variable {name}"
        elif (name, source) not in known:
            where = " from ".join([name, *source.values()]) if source else f"{name} of yours"
            yield f"{key} {where}"


def _agents(key: str, value: Mapping[str, Any], granted: list[Any], wish: Wish) -> Iterator[str]:  # noqa: ARG001
    """Rights of its own: no more than those of some table that is granted."""
    wanted = rights_of({"agents": value})
    if not any(_within(wanted, rights_of({"agents": each})) for each in granted):
        more = {name: each for name, each in value.items() if name != "allow"}
        yield f"rights of its own: {', '.join(sorted(wanted.allow)) or 'none'} {more or ''}".rstrip()


def _within(wanted: Rights, own: Rights) -> bool:
    numbers = ("max_panes", "max_depth", "per_minute", "max_total")
    lists = ("also_modes", "also_folders", "also_commands", "also_presets", "also_env")
    return (
        wanted.allow <= own.allow
        and (own.ask or not wanted.ask)
        and all(getattr(wanted, name) <= getattr(own, name) for name in numbers)
        and all(set(getattr(wanted, name)) <= set(getattr(own, name)) for name in lists)
        and wanted.fallback in (own.fallback, "restrictive", "")
        and wanted.answer in (own.answer, None, "off")
    )


JUDGES: dict[str, Callable[[str, Any, list[Any], Wish], Iterator[str]]] = {
    "permissions": _permissions,
    "mcp_servers": _whole,
    "env": _environment,
    "secure_env": _secret,
    "agents": _agents,
    **dict.fromkeys(("mcp", "sideband", "shared", "best_effort", "status_line"), _switch),
}
