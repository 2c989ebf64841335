"""What of a wish goes beyond the asker's own rights, in words for the person who is asked about it.

Mode, folder, command, environment, network, files, lifetime, and everything else that a configuration can give. What
the person has given otherwise, by the asker's own configuration or by a rule, is not beyond. A key that is not known
to be harmless is beyond.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from llm_send.claude.commandline import position
from llm_send.claude.permission import FREEDOM
from llm_send.config.words import dotted
from llm_send.confine.asked import sources
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
CLOSED = ("isolate_fs", "readonly", "local_only", "mcp_only")
# Variables by which a program is made to run, load or trust something else.
TELLING = re.compile(
    r"(?:LD_|DYLD_|PYTHON|NODE|NPM_|BUN_|DENO_|PERL|RUBY|JAVA|JDK_|GIT_|SSH_|XDG_|TMUX|CLAUDE|ANTHROPIC|AWS_|GOOGLE_|"
    r"AZURE_|VERTEX|LLM_SEND|DOCKER|KUBE|LESS|SSL_|CURL_|OPENSSL|REQUESTS_|MCP_|BASH_|ZDOTDIR|GLIBC_|MALLOC_).*"
    r"|.*_PROXY|PATH|HOME|SHELL|ENV|IFS|PS4|PROMPT_COMMAND|EDITOR|VISUAL|PAGER|BROWSER|TMPDIR|CDPATH|TERMINFO.*",
    re.IGNORECASE,
)
OPTIONS = frozenset(
    (
        *("--resume", "-r", "--continue", "-c", "--fork-session", "--session-id", "--name", "-n", "--verbose"),
        *("--model", "--fallback-model", "--effort"),
    )
)


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
            yield from judge(key, value, [each[key] for each in granted if key in each], wish)


def rank_of(mode: str | None) -> int:
    """How much a mode lets Claude do unasked; one that is not known counts as the least."""
    return RANK.get(mode or "", FREEDOM.get(mode or "", 0))


def _mode(asker: Asker, rights: Rights, wish: Wish) -> Iterator[str]:
    if wish.mode and rank_of(wish.mode) > rank_of(asker.mode) and wish.mode not in rights.also_modes:
        yield f"mode {wish.mode}; its own is {asker.mode or 'not known'}"


def _folder(asker: Asker, rights: Rights, wish: Wish) -> Iterator[str]:
    if wish.cwd is None:
        return
    allowed = [asker.cwd, *(str(Path(each).expanduser()) for each in rights.also_folders)]
    place = Path(wish.cwd).resolve()
    if not any(place.is_relative_to(Path(each).resolve()) for each in allowed):
        yield f"folder {place}; its own is {asker.cwd}"


def _command(rights: Rights, wish: Wish) -> Iterator[str]:
    command = wish.command
    if command is None or any(_begins(command, rule) for rule in rights.also_commands):
        return
    if position(command) != 0 or command[0] != "claude":
        yield f"the program {shlex.join(command)}"
        return
    for word in command[1:]:
        if word.startswith("-") and word.partition("=")[0] not in OPTIONS:
            yield f"Claude's option {word}"


def _begins(command: tuple[str, ...], rule: str) -> bool:
    words = tuple(shlex.split(rule))
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
    lost = set(_denied(own)) - set(_denied(values))
    if lost:
        yield f"not denied: {', '.join(sorted(lost))}, which it is denied itself"


def _denied(values: Values) -> list[str]:
    return list(values.get("permissions", {}).get("deny", ()))


def _same(key: str, value: Any, granted: list[Any], wish: Wish) -> Iterator[str]:
    """Leaf by leaf: a table that is granted in part is beyond in the rest."""
    if isinstance(value, Mapping) and value:
        for name, each in value.items():
            inner = [table[name] for table in granted if isinstance(table, Mapping) and name in table]
            yield from _same(f"{key}.{dotted((name,))}", each, inner, wish)
    elif isinstance(value, list):
        known = [each for known in granted if isinstance(known, list) for each in known]
        yield from (f"{key} {each}" for each in value if each not in known)
    elif value not in granted:
        yield f"{key} {value}"


def _switch(key: str, value: Any, granted: list[Any], wish: Wish) -> Iterator[str]:
    """One that gives nothing when it is off."""
    if value not in (False, "off", []):
        yield from _same(key, value, granted, wish)


def _permissions(key: str, value: Mapping[str, Any], granted: list[Any], wish: Wish) -> Iterator[str]:
    for name in ("allow", "additional_directories"):
        if name in value:
            yield from _same(f"{key}.{name}", value[name], [each[name] for each in granted if name in each], wish)


def _environment(key: str, value: Mapping[str, str], granted: list[Any], wish: Wish) -> Iterator[str]:  # noqa: ARG001
    for name, each in value.items():
        if TELLING.fullmatch(name) and each not in [table.get(name) for table in granted]:
            yield f"the variable {name}={each}"


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
        yield f"rights of its own: {', '.join(sorted(wanted.allow)) or key}"


def _within(wanted: Rights, own: Rights) -> bool:
    numbers = ("max_panes", "max_depth", "per_minute", "max_total")
    lists = ("also_modes", "also_folders", "also_commands", "also_presets")
    return (
        wanted.allow <= own.allow
        and (own.ask or not wanted.ask)
        and all(getattr(wanted, name) <= getattr(own, name) for name in numbers)
        and all(set(getattr(wanted, name)) <= set(getattr(own, name)) for name in lists)
        and wanted.fallback in (own.fallback, "restrictive", "")
    )


JUDGES: dict[str, Callable[[str, Any, list[Any], Wish], Iterator[str]]] = {
    "permissions": _permissions,
    "env": _environment,
    "secure_env": _secret,
    "agents": _agents,
    **dict.fromkeys(("mcp", "sideband", "shared", "best_effort", "status_line"), _switch),
}
