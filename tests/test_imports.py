"""Imports point down only, third parties have one home each, and nothing heavy is on the way of a send."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "rplugin/python3/llm_send"
FILES = {file.relative_to(PACKAGE).as_posix(): file for file in sorted(PACKAGE.rglob("*.py"))}
INSIDE = [name for name in FILES if name != "__init__.py"]  # the door names its way in, and opens it when asked

# From the top down. A module is where its longest prefix is; it may import from its own ring and from those below.
RINGS = (
    {"entry"},
    {"actions"},
    {
        "child",
        "tmux",
        "panes",
        "delivery",
        "draft",
        "evidence",
        "inbox",
        "ran",
        "receipt",
        "target",
        "journal",
        "history",
        "history_file",
        "history_row",
        "traces",
        "commands",
        "handed",
        "keeping",
        "confined",
        "queue",
        "live",
        "guard",
        "launched",
        "naming",
        "resolve",
        "processes",
        "config.load",
        "config.files",
        "config.given",
        "config.trust",
    },
    {"child", "config", "claude", "confine", "sideband", "clean", "rules"},
    {"errors", "modes", "outcomes", "paths"},
)
HOMES = {
    "pynvim": {"entry/nvim.py"},
    "msgpack": {"entry/nvim.py"},
    "pydantic": {
        *(f"config/{name}.py" for name in ("values", "table", "agent_keys", "keys", "schema", "problems", "read")),
        *("entry/mcp.py", "entry/mcp_arguments.py"),
    },
    "pydantic_core": {*(f"config/{name}.py" for name in ("values", "keys", "problems")), "entry/mcp_arguments.py"},
    **{name: {"entry/mcp.py"} for name in ("mcp", "mcp_types", "anyio")},
    "libtmux": set[str](),
}
HEAVY = ("pydantic", "libtmux", "pynvim", "msgpack", "asyncio", "tomllib", "logging")
GATE = {"entry/hook.py", "rules.py"}
# Claude Code's own words and signs: what its screen shows, what it calls its modes
VENDOR = (
    "❯",
    "⏸",
    "⏵",
    "✻",
    "───",
    "[Pasted text",
    "mode on",
    "edits on",
    "acceptEdits",
    "bypassPermissions",
    "dontAsk",
)
KNOWS_CLAUDE = {
    "modes.py",  # the map of modes itself
    "entry/hook.py",  # lies in a pane's folder without the rest of the package
    "actions/gate_check.py",  # plays Claude's part to try the gate
}


def module_of(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def ring_of(module: str) -> int:
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        for number, ring in enumerate(RINGS):
            if ".".join(parts[:length]) in ring:
                return number
    raise AssertionError(f"{module} has no ring: say in RINGS where it belongs")


def imports_of(file: Path) -> Iterator[str]:
    """Every module a file imports, wherever in it, by its full name; what is there for its types alone left out."""
    tree = ast.parse(file.read_text())
    for branch in [node for node in ast.walk(tree) if isinstance(node, ast.If)]:
        if isinstance(branch.test, ast.Name) and branch.test.id == "TYPE_CHECKING":
            branch.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            assert node.module
            for alias in node.names:
                inner = PACKAGE.parent / node.module.replace(".", "/") / alias.name
                is_module = inner.is_dir() or inner.with_suffix(".py").is_file()
                yield f"{node.module}.{alias.name}" if is_module else node.module


def own_imports(name: str) -> set[str]:
    found = {each for each in imports_of(FILES[name]) if each.split(".")[0] == "llm_send"}
    return {each.partition(".")[2] for each in found} - {""}  # the door itself holds but the version


@pytest.mark.parametrize("name", INSIDE)
def test_imports_point_down(name: str) -> None:
    ring = ring_of(module_of(name))
    upwards = {each for each in own_imports(name) if ring_of(each) < ring}
    assert not upwards, f"{name} imports from above: {', '.join(sorted(upwards))}"


def test_no_circles() -> None:
    left = {module_of(name): own_imports(name) for name in INSIDE}
    while left:
        free = [module for module, needs in left.items() if not (needs - {module}) & left.keys()]
        assert free, f"these import each other: {', '.join(sorted(left))}"
        for module in free:
            del left[module]


@pytest.mark.parametrize("name", FILES)
def test_third_parties_have_their_homes(name: str) -> None:
    for module in imports_of(FILES[name]):
        top = module.split(".")[0]
        if top == "llm_send" or top in sys.stdlib_module_names:
            continue
        if name in GATE and module == "rules":
            continue  # the copy that lies beside it
        assert name in HOMES.get(top, ()), f"{name} imports {top}"


@pytest.mark.parametrize("name", sorted(GATE))
def test_the_gate_runs_with_any_python(name: str) -> None:
    others = {module for module in imports_of(FILES[name]) if module.split(".")[0] not in sys.stdlib_module_names}
    assert others <= {"rules", "llm_send.rules"}


def imported_by(code: str, environment: dict[str, str] | None = None) -> set[str]:
    """What a fresh interpreter holds after `code`, whatever that prints."""
    program = f"import sys\n{code}\nprint('\\n' + ' '.join(sys.modules))"
    argv = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r})\n{program}"]
    done = subprocess.run(argv, capture_output=True, text=True, env=environment or {}, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_the_package_itself_imports_nothing() -> None:
    assert {name for name in imported_by("import llm_send") if name.startswith("llm_send")} == {"llm_send"}


def test_a_send_imports_nothing_heavy(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "PATH": "/nonexistent"}
    code = (
        "import io; from llm_send.entry.cli import main\n"
        "sys.stdin = io.StringIO('x'); main(['send', '--mode', 'plan', '-'])"
    )
    found = imported_by(code, environment)
    assert {"llm_send.actions.send", "llm_send.delivery", "llm_send.tmux", "llm_send.history"} <= found
    assert not found & set(HEAVY)


def test_a_listing_imports_nothing_heavy(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "PATH": "/nonexistent"}
    found = imported_by("from llm_send.entry.cli import main\nmain(['panes', '--json'])", environment)
    assert "llm_send.panes" in found
    assert not found & set(HEAVY)


def strings_of(file: Path) -> Iterator[tuple[int, str]]:
    """String constants of a file with their lines, docstrings left out."""
    tree = ast.parse(file.read_text())
    prose = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in prose:
            yield node.lineno, node.value


@pytest.mark.parametrize(
    "name", [name for name in FILES if not name.startswith("claude/") and name not in KNOWS_CLAUDE]
)
def test_claudes_own_words_stay_in_their_place(name: str) -> None:
    found = [(line, text) for line, text in strings_of(FILES[name]) if any(words in text for words in VENDOR)]
    assert found == []
