"""The fold of the layers, held against a plain reading of the rules on random layers; origins, presets, circles."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from llm_send.config.layers import resolve
from llm_send.config.load import sources
from llm_send.config.presets import BUILT_IN
from llm_send.config.types import Document, Given, Origin, Resolved, Sources
from llm_send.config.whole import check
from llm_send.config.words import dotted
from llm_send.errors import LlmSendError, UsageError
from tests.configuring import WRITTEN, Home, Key, leaves

SEEDS = 1500
PRESETS = ("haiku-worker", "p1", "p2", "p3")
PROFILES = ("c1", "c2")


def resolved(home: Home, pane: str | None = None, session: str | None = None, given: Given | None = None) -> Resolved:
    return resolve(sources(home.paths, str(home.project)), session=session, pane=pane, given=given or Given())


def some(dice: random.Random, depth: int = 3) -> Any:
    """A table of few keys, so that they meet; in it tables, empty ones, lists and single values, none like another."""
    if depth == 0 or dice.random() < 0.3:
        value = dice.randrange(10**9)
        return [value] if dice.random() < 0.3 else value
    return {key: some(dice, depth - 1) for key in "abc" if dice.random() < 0.4}


def keys(dice: random.Random, *, claude: bool = True, confinement: bool = True, names: bool = False) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if claude:
        said |= {"model": f"m{dice.randrange(10**9)}", "settings": {"x": some(dice)}, "env": {"A": str(dice.random())}}
    if confinement:
        said |= {dice.choice(["isolate", "isolate_fs"]): dice.random() < 0.5, "cwd": str(dice.random())}
    if names:
        said |= {"preset": dice.choice(PRESETS), dice.choice(["profile", "config_ref"]): dice.choice(PROFILES)}
    return {key: value for key, value in said.items() if dice.random() < 0.5}


def named(dice: random.Random, names: tuple[str, ...], *, claude: bool) -> dict[str, Any]:
    """Definitions that inherit from those after them, so never in a circle."""
    found = {}
    for index, name in enumerate(names):
        found[name] = keys(dice, claude=claude, confinement=not claude) | {"description": "x"}
        if names[index + 1 :] and dice.random() < 0.5:
            found[name]["inherits"] = dice.choice(names[index + 1 :])
    return found


def file(dice: random.Random, name: str, *, whole: bool) -> Document:
    """A file; `whole` defines every name, so that none is missing."""
    tree: dict[str, Any] = {"defaults": keys(dice, names=True), "sessions": {}, "panes": {}}
    tree["sessions"] = {name: keys(dice, names=True) for name in ("s", "other") if dice.random() < 0.7}
    tree["panes"] = {name: {"mode": "plan", **keys(dice, names=True)} for name in ("p", "other") if dice.random() < 0.7}
    presets, profiles = named(dice, PRESETS, claude=True), named(dice, PROFILES, claude=False)
    tree["presets"] = {each: presets[each] for each in presets if whole or dice.random() < 0.5}
    tree["profiles"] = {each: profiles[each] for each in profiles if whole or dice.random() < 0.5}
    tree = {key: value for key, value in tree.items() if whole or dice.random() < 0.8}
    lines = {path[:end]: dice.randrange(10**9) for path, _ in leaves(tree) for end in range(1, len(path) + 1)}
    return Document(tree, name, lines)


@dataclass
class Said:
    """One table in the naive reading: what it says by path, and where."""

    layer: str
    where: str
    tree: Mapping[str, Any]
    document: Document | None = None
    base: Key = ()

    def __post_init__(self) -> None:
        names = {"isolate": "isolate_fs", "config_ref": "profile"}
        plain = {key: value for key, value in self.tree.items() if key not in ("mode", "inherits", "description")}
        self.says = {(names.get(path[0], path[0]), *path[1:]): (value, path) for path, value in leaves(plain)}

    def origin(self, path: Key) -> Origin:
        document = self.document
        line = document.lines.get((*self.base, *self.says[path][1])) if document else None
        return Origin(self.layer, self.where, document.file if document else None, line)  # type: ignore[arg-type]


def order(found: Sources, given: Given) -> list[Said]:
    """Every table that counts, the strongest first, read off the documentation."""
    files = [each for each in (found.project, found.person) if each]
    pane = [Said("pane", "--preset", {"preset": given.preset})] if given.preset else []
    pane += [Said("pane", option, document.tree, document) for option, document in given.options]

    def of(layer: str, *base: str) -> Iterator[Said]:
        for each in files:
            tree: Any = each.tree
            for step in base:
                tree = tree.get(step, {})
            yield Said(layer, dotted(base), tree, each, base)

    pane += of("pane", "panes", "p")
    rest = [*of("session", "sessions", "s"), *of("defaults", "defaults")]
    middle: list[Said] = []
    for key, section in (("preset", "presets"), ("profile", "profiles")):
        name = next((said.says[(key,)][0] for said in [*pane, *rest] if (key,) in said.says), None)
        while name is not None:
            defined = [each for each in files if name in each.tree.get(section, {})]
            tree = defined[0].tree[section][name] if defined else BUILT_IN["presets"][name]
            base = (section, name)
            middle.append(Said(key, dotted(base), tree, defined[0] if defined else None, base))
            name = tree.get("inherits")
    return [*pane, *middle, *rest]


def naive(layers: list[Said]) -> dict[Key, tuple[Any, Origin]]:
    """A value counts if nothing above it says otherwise: no value at its place, none in place of a table it is in."""
    found: dict[Key, tuple[Any, Origin]] = {}
    for index, layer in enumerate(layers):
        for path, (value, _) in layer.says.items():
            if not any(_stops(above, path) for above in layers[:index]):
                found[path] = (value, layer.origin(path))
    # An empty table is a value only where no table is laid over or under it.
    return {
        path: each
        for path, each in found.items()
        if each[0] != {} or not any(other[: len(path)] == path and other != path for other in found)
    }


def _stops(above: Said, path: Key) -> bool:
    for place, (value, _) in above.says.items():
        inside_of_a_value = len(place) < len(path) and path[: len(place)] == place and value != {}
        if inside_of_a_value or place[: len(path)] == path:
            return True
    return False


@pytest.mark.parametrize("block", range(5))
def test_the_fold_is_what_the_rules_say(block: int) -> None:
    for seed in range(block * SEEDS // 5, (block + 1) * SEEDS // 5):
        dice = random.Random(seed)
        person = file(dice, "person.toml", whole=True)
        project = file(dice, "project.toml", whole=False) if dice.random() < 0.6 else None
        options = ("--set", "--set", "--config", "--claude-config", "--claude-model")
        given = Given(
            dice.choice(PRESETS) if dice.random() < 0.3 else None,
            tuple((option, Document(keys(dice, names=True))) for option in options if dice.random() < 0.3),
        )
        found = Sources(person, project, ("a notice",))
        result = resolve(found, session="s", pane="p", given=given)
        expected = naive(order(found, given))
        assert dict(leaves(result.values)) == {path: value for path, (value, _) in expected.items()}, f"seed {seed}"
        assert result.origins == {dotted(path): origin for path, (_, origin) in expected.items()}, f"seed {seed}"
        assert result.notices == ("a notice",)


def test_nothing_said_is_nothing_given(home: Home) -> None:
    assert resolved(home, "claude-plan", "work") == Resolved({}, {}, ())
    home.person('claude = "x"\nlock = "block"\n[panes.claude-plan]\nmode = "plan"\n[presets.p]\nmodel = "x"')
    assert resolved(home, "claude-plan", "work") == Resolved({}, {}, ())


TEXT = """
[defaults]
model = "sonnet"
settings.a.b = 1
settings.a.c = [1, 2]

[defaults.permissions]
deny = [
  "WebFetch",
]
[sessions.work]
effort = "high"
settings.a.c = [3]
[presets.small]
inherits = "haiku-worker"
temperature = 0.5
[panes.one]
preset = "small"
isolate = true
"""


def test_each_value_says_where_it_comes_from(home: Home) -> None:
    own = str(home.person(TEXT))
    file = str(home.projects("[defaults]\nenv.A = '1'\n[panes.one]\neffort = 'low'"))
    found = resolved(home, "one", "work")
    assert found.values == {
        "model": "haiku", "context_limit": 100000, "temperature": 0.5, "effort": "low", "isolate_fs": True,
        "env": {"A": "1"}, "preset": "small", "permissions": {"deny": ["WebFetch"]},
        "settings": {"a": {"b": 1, "c": [3]}},
    }  # fmt: skip
    assert found.origins == {
        "model": Origin("preset", "presets.haiku-worker"),
        "context_limit": Origin("preset", "presets.haiku-worker"),
        "temperature": Origin("preset", "presets.small", own, 16),
        "effort": Origin("pane", "panes.one", file, 4),
        "isolate_fs": Origin("pane", "panes.one", own, 19),
        "env.A": Origin("defaults", "defaults", file, 2),
        "preset": Origin("pane", "panes.one", own, 18),
        "permissions.deny": Origin("defaults", "defaults", own, 8),
        "settings.a.b": Origin("defaults", "defaults", own, 4),
        "settings.a.c": Origin("session", "sessions.work", own, 13),
    }


@pytest.mark.parametrize("name", WRITTEN)
def test_toml_and_json_mean_the_same(home: Home, name: str) -> None:
    tree: dict[str, Any] = {
        "defaults": {"preset": "small", "env": {"A B".replace(" ", "_"): 'ü\n"'}, "settings": {"x.y": {"z": [1, "a"]}}},
        "presets": {"small": {"model": "haiku", "temperature": 1}},
        "panes": {"%3": {"mode": "plan", "status_line": False, "mcp_servers": {"m": {"command": "x", "args": []}}}},
    }  # fmt: skip
    file = str(home.person(WRITTEN[name](tree), name))
    found = resolved(home, "%3")
    assert found.values == {
        **tree["defaults"], **tree["presets"]["small"], "status_line": False,
        "mcp_servers": {"m": {"command": "x", "args": []}},
    }  # fmt: skip
    assert {origin.file for origin in found.origins.values()} == {file}
    text = WRITTEN[name](tree).split("\n")
    for key, origin in found.origins.items():
        assert origin.line
        assert key.rsplit(".", 1)[-1].strip('"') in text[origin.line - 1]


def test_a_preset_of_ones_own_takes_the_built_in_ones_place(home: Home) -> None:
    home.person('[presets.haiku-worker]\nmodel = "mine"\n[defaults]\npreset = "haiku-worker"')
    assert resolved(home).values == {"preset": "haiku-worker", "model": "mine"}
    home.projects('[presets.haiku-worker]\neffort = "low"')
    assert resolved(home).values == {"preset": "haiku-worker", "effort": "low"}


@pytest.mark.parametrize("section", ["presets", "profiles"])
@pytest.mark.parametrize("said", ["a", "a b", "a b c"])
def test_a_circle_is_named_whole(home: Home, section: str, said: str) -> None:
    names = said.split()
    text = "".join(
        f'[{section}.{name}]\ninherits = "{names[(index + 1) % len(names)]}"\n' for index, name in enumerate(names)
    )
    file = home.person(f'{text}[defaults]\n{section.removesuffix("s")} = "a"')
    with pytest.raises(LlmSendError) as caught:
        resolved(home)
    circle = " → ".join([*names, "a"])
    assert caught.value.message == f"{file}, line {2 * len(names)}: {section} inherit in a circle: {circle}."
    assert (caught.value.code, caught.value.exit_code, caught.value.found) == ("config", 1, [*names, "a"])
    assert caught.value.hint


def test_a_parent_that_is_not_there_is_named_with_the_way_to_it(home: Home) -> None:
    file = home.person('[presets.a]\ninherits = "b"\n[presets.b]\n\ninherits = "haku-worker"\n[panes.x]\npreset = "a"')
    with pytest.raises(LlmSendError) as caught:
        resolved(home, "x")
    assert caught.value.message == f"{file}, line 5: there is no preset haku-worker (a → b → haku-worker)."
    assert caught.value.hint == "Did you mean haiku-worker?"
    assert resolved(home).values == {}, "nobody asked for it"
    with pytest.raises(LlmSendError):
        check(sources(home.paths, str(home.project)))


def test_a_check_looks_at_what_nobody_asked_for(home: Home) -> None:
    home.person('[profiles.a]\ninherits = "a"')
    assert resolved(home).values == {}
    with pytest.raises(LlmSendError, match="profiles inherit in a circle: a → a"):
        check(sources(home.paths, str(home.project)))


def test_a_name_that_nobody_defines(home: Home) -> None:
    file = home.person('[sessions.work]\nprofile = "x"\n')
    with pytest.raises(LlmSendError) as caught:
        resolved(home, session="work")
    assert (caught.value.message, caught.value.hint) == (
        f"{file}, line 2: there is no profile x.", "Known are read-only, scratch, local-only, restrictive.",
    )  # fmt: skip
    with pytest.raises(LlmSendError):
        check(sources(home.paths, str(home.project)))
    with pytest.raises(UsageError) as told:
        resolved(home, given=Given(preset="zzz"))
    assert told.value.message == "--preset: there is no preset zzz."
    assert told.value.expected == list(BUILT_IN["presets"])


def test_what_is_built_in_is_right(home: Home) -> None:
    for name in BUILT_IN["presets"]:
        assert resolved(home, given=Given(preset=name)).values["model"] in ("haiku", "sonnet", "opus")
    check(Sources())
