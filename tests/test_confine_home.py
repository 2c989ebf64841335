"""A home that lies where homes lie, and a project in it: what of it a confined program sees."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from llm_send.actions import seen
from llm_send.confine import hidden, private
from llm_send.confine.asked import asked
from llm_send.confine.view import Mount, words
from llm_send.errors import LlmSendError
from tests.confining import Lair
from tests.rig import kernel

SRV = Path("/srv")
ISOLATED, READONLY = {"isolate_fs": True}, {"readonly": True}


@pytest.fixture
def lair() -> Iterator[Lair]:
    with Path("/tmp/srv.lock").open("w") as lock:  # the run's own; others run beside this
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not SRV.is_mount():
            kernel.mount("tmpfs", SRV, "tmpfs", options="mode=755")
    place = Path(tempfile.mkdtemp(dir=SRV))
    made = Lair(place)
    home = place / "home"
    for name, text in {".ssh/id": "a secret", ".config/gh/hosts.yml": "a secret", ".config/tool.ini": "mine"}.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    (home / ".local/bin").mkdir(parents=True)
    (home / ".local/bin/tool").write_text("#!/bin/sh\necho a tool\n")
    (home / ".local/bin/tool").chmod(0o755)
    (home / "work").mkdir()
    made.project.rmdir()
    made.project.symlink_to(home / "work")
    (home / "work/code.py").write_text("code")
    yield made
    shutil.rmtree(place)


def shell(lair: Lair, values: dict[str, bool], line: str) -> str:
    done = lair.run(["/bin/sh", "-c", line], values, named=True)
    return done.stdout + done.stderr


@pytest.mark.parametrize("values", [ISOLATED, READONLY], ids=["isolated", "readonly"])
def test_it_sees_the_project_and_the_tools_and_no_secret(lair: Lair, values: dict[str, bool]) -> None:
    lair.environment["PATH"] = f"{lair.place}/home/.local/bin:{lair.environment['PATH']}"
    assert shell(lair, values, "cat code.py; tool") == "codea tool\n"
    assert "a secret" not in shell(lair, values, "cat ~/.ssh/id ~/.config/gh/hosts.yml; ls -laR ~")
    assert "ead-only" in shell(lair, values, "echo x > code.py")
    assert "ead-only" in shell(lair, values, "echo x > ~/.local/bin/tool")
    assert shell(lair, values, "echo x > ~/.profile; cat ~/.profile") == "x\n"
    assert not (lair.place / "home/.profile").exists()


def test_readonly_it_sees_the_rest_of_the_home(lair: Lair) -> None:
    (lair.place / "home/link").symlink_to(".config/tool.ini")
    assert shell(lair, READONLY, "cat ~/.config/tool.ini ~/link") == "minemine"
    assert "No such" in shell(lair, ISOLATED, "cat ~/.config/tool.ini")


def test_a_project_that_is_the_home_does_not_show_it(lair: Lair) -> None:
    lair.project.unlink()
    lair.project.symlink_to(lair.place / "home")
    assert "id" not in shell(lair, ISOLATED, "ls ~/.ssh ~/.config").split()


def test_a_home_that_is_the_root_is_refused(lair: Lair) -> None:
    lair.environment["HOME"] = "/"
    with pytest.raises(LlmSendError, match="cannot be kept out of sight"):
        shell(lair, READONLY, "true")


def test_a_program_that_goes_by_its_name_is_called_by_it(lair: Lair) -> None:
    tools = lair.place / "home/.local/bin"
    (tools / "tool").write_text('#!/bin/sh\necho "${0##*/}"\n')
    (tools / "shim").symlink_to("tool")
    assert lair.run([str(tools / "shim")], ISOLATED).stdout == "tool\n"
    lair.environment["PATH"] = f"{tools}:{lair.environment['PATH']}"
    assert lair.run([str(tools / "shim")], ISOLATED).stdout == "shim\n"


def test_a_configuration_folder_of_links(lair: Lair) -> None:
    dotfiles = lair.place / "home/dotfiles"
    (dotfiles / "claude").mkdir(parents=True)
    (dotfiles / "skills").mkdir()
    (dotfiles / "claude/skills").symlink_to(dotfiles / "skills")
    (lair.place / "home/.claude").symlink_to(dotfiles / "claude")
    own = private.make(lair.ctx.paths)
    found = seen.claude_mounts(lair.environment, own, str(lair.project))
    at = lair.place / "home/.claude"
    assert found == [Mount(at, own / "claude", writable=True), Mount(at / "skills", dotfiles / "skills")]


def put(file: Path, text: str = "a secret", mode: int = 0o600) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(mode)
    return file


CLAUDES = [".claude/.credentials.json", ".claude/projects/x/y.jsonl", ".claude.json", ".claude.json.backup.1763774"]


@pytest.mark.parametrize("values", [ISOLATED, READONLY], ids=["isolated", "readonly"])
def test_another_program_does_not_see_what_is_claudes(lair: Lair, values: dict[str, bool]) -> None:
    home = lair.place / "home"
    files = [put(home / name) for name in CLAUDES]
    lair.environment["CLAUDE_CONFIG_DIR"] = str(lair.place / "elsewhere")
    files.append(put(lair.place / "elsewhere/.credentials.json"))
    assert "a secret" not in shell(lair, values, f"cat {' '.join(map(str, files))}; echo; ls -laR ~")


def test_nor_where_it_is_linked_to(lair: Lair) -> None:
    home = lair.place / "home"
    there = [put(home / "dotfiles/claude/.credentials.json"), put(home / "dotfiles/state")]
    (home / ".claude").symlink_to("dotfiles/claude")
    (home / ".claude.json").symlink_to("dotfiles/state")
    assert "a secret" not in shell(lair, READONLY, f"cat {' '.join(map(str, there))}")


def test_copies_that_claude_makes_of_its_state_are_left_out(lair: Lair) -> None:
    for name in (*CLAUDES, ".claudette", "notes"):
        put(lair.place / "home" / name)
    assert seen.claudes(lair.place / "home") == {".claude", ".claude.json", ".claude.json.backup.1763774"}


@pytest.mark.parametrize("name", [".codex/auth.json", ".config/Code/x", "snap/firefox/x", ".local/share/atuin/key"])
def test_what_other_programs_sign_in_with(lair: Lair, name: str) -> None:
    put(lair.place / "home" / name)
    assert "a secret" not in shell(lair, READONLY, f"cat ~/{name}")


@pytest.mark.parametrize(
    ("variable", "value", "file"),
    [
        ("XDG_CONFIG_HOME", "etc", "etc/gh/hosts.yml"),
        ("XDG_DATA_HOME", "data", "data/keyrings/login"),
        ("CARGO_HOME", "cargo", "cargo/credentials.toml"),
        ("GNUPGHOME", "keys", "keys/key"),
        ("KUBECONFIG", "nothing:{home}/k8s", "k8s"),
        ("AWS_SHARED_CREDENTIALS_FILE", "aws", "aws"),
    ],
)
def test_what_a_variable_has_put_elsewhere(lair: Lair, variable: str, value: str, file: str) -> None:
    home = lair.place / "home"
    put(home / file)
    lair.environment[variable] = f"{home}/{value.format(home=home)}"
    assert "a secret" not in shell(lair, READONLY, f"cat ~/{file}")


def test_a_variable_that_names_all_hides_nothing(lair: Lair) -> None:
    lair.environment.update(DOCKER_CONFIG=str(lair.place / "home"), GNUPGHOME="/", NETRC="relative")
    assert shell(lair, READONLY, "cat code.py ~/.config/tool.ini") == "codemine"


def test_a_secret_in_another_is_hidden_with_it(lair: Lair) -> None:
    put(lair.place / "home/keys/gh/hosts.yml")
    put(lair.place / "home/keys/pass/x")
    lair.environment["XDG_CONFIG_HOME"] = lair.environment["GNUPGHOME"] = str(lair.place / "home/keys")
    assert shell(lair, READONLY, "ls -A ~/keys") == ""


def test_names_of_secrets() -> None:
    secret = ["GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "CLIENT_SECRET", "npm_config__authToken"]
    other = ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "TOKENS", "HOME", "KEYBOARD"]
    assert [name for name in (*secret, *other) if hidden.taken(name)] == secret


def linked(lair: Lair) -> list[Path]:
    """Folders of tools that are links, or lie behind one: as of Nix, of dotfiles, of a session."""
    home, store = lair.place / "home", lair.place / "store/1-profile"
    for folder, name in ((home / "dotfiles/bin", "one"), (store / "bin", "two"), (home / "session", "three")):
        put(folder / name, f"#!/bin/sh\necho {name}\n", 0o755)
    (home / "bin").symlink_to("dotfiles/bin")
    (home / ".state/nix").mkdir(parents=True)
    (home / ".nix-profile").symlink_to(".state/nix/profile")
    (home / ".state/nix/profile").symlink_to(store)
    (lair.place / "run/tools").symlink_to(home / "session")
    return [home / "bin", home / ".nix-profile/bin", lair.place / "run/tools"]


def test_tools_in_path_by_links(lair: Lair) -> None:
    lair.environment["PATH"] = ":".join([*map(str, linked(lair)), lair.environment["PATH"]])
    line = lair.command_line(["/bin/sh", "-c", "one; two; three; echo $PATH"], ISOLATED)
    for _ in range(2):  # a pane is started again by the same words
        done = lair.run_line(line)
        assert done.stdout.splitlines() == ["one", "two", "three", lair.environment["PATH"]], done.stderr


@pytest.mark.parametrize("number", range(3))
def test_a_program_by_a_link_in_path(lair: Lair, number: int) -> None:
    folders = linked(lair)
    lair.environment["PATH"] = ":".join([*map(str, folders), lair.environment["PATH"]])
    name = ["one", "two", "three"][number]
    for values in (ISOLATED, READONLY):
        assert lair.run([str(folders[number] / name)], values).stdout == f"{name}\n"


def test_what_stands_in_the_way_of_a_link_is_followed_nowhere(lair: Lair) -> None:
    home, own, outside = lair.place / "home", lair.place / "own", lair.place / "outside"
    for folder in (own, outside, home / "a"):
        folder.mkdir()
    (home / "a/link").symlink_to("/usr")
    (own / "a").symlink_to(outside)
    seen.put_link(home / "a/link", {home: own})
    assert list(outside.iterdir()) == []
    (own / "a").unlink()
    seen.put_link(home / "a/link", {home: own})
    assert (own / "a/link").readlink() == Path("/usr")


def test_links_in_a_circle(lair: Lair) -> None:
    (lair.place / "one").symlink_to("two")
    (lair.place / "two").symlink_to("one")
    assert set(seen.links_on(lair.place / "one/bin")) == {lair.place / "one", lair.place / "two"}


def test_a_program_that_npm_has_put_into_the_home(lair: Lair) -> None:
    package = lair.place / "home/.npm-global/lib/node_modules/agent"
    put(package / "package.json", "{}")
    put(package / "vendor/more.sh", "echo more\n")
    put(package / "bin/cli.sh", '#!/bin/sh\n. "$(dirname "$(realpath "$0")")/../vendor/more.sh"\n', 0o755)
    tools = lair.place / "home/.npm-global/bin"
    tools.mkdir()
    (tools / "agent").symlink_to("../lib/node_modules/agent/bin/cli.sh")
    lair.environment["PATH"] = f"{tools}:{lair.environment['PATH']}"
    put(lair.place / "home/package.json", "{}")
    assert lair.run([str(tools / "agent")], ISOLATED).stdout == "more\n"
    assert seen.package_of(str(package.parent), lair.place / "home") == package.parent, "the home is no package"


def test_claudes_copy_is_not_covered_in_its_turn(lair: Lair) -> None:
    """What is covered is made read-only, by its place."""
    folder = lair.place / "home/settings"
    put(folder / ".credentials.json")
    lair.environment["CLAUDE_CONFIG_DIR"] = str(folder)
    own = private.make(lair.ctx.paths)
    site = seen.site(lair.ctx, asked(READONLY), own, lair.place, "/bin/sh", str(lair.project), ())
    said = words(site, lair.environment)
    assert ("--bind", str(own / "claude"), str(folder)) in zip(said, said[1:], said[2:], strict=False)
    assert ("--remount-ro", str(folder)) not in pairwise(said)


def test_claudes_own_installation_is_seen(lair: Lair) -> None:
    local = lair.place / "home/.claude/local"
    local.mkdir(parents=True)
    own = private.make(lair.ctx.paths)
    assert Mount(local, local) in seen.claude_mounts(lair.environment, own, str(lair.project))


@pytest.mark.parametrize("values", [ISOLATED, READONLY], ids=["isolated", "readonly"])
def test_the_home_of_the_account_is_out_of_sight_too(
    lair: Lair, values: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    account = lair.place / "account"
    for name in (".ssh/id", "notes"):
        put(account / name)
    known = pwd.getpwuid(os.getuid())
    monkeypatch.setattr(pwd, "getpwuid", lambda _: pwd.struct_passwd((*known[:5], str(account), known[6])))
    assert "a secret" not in shell(lair, values, f"cat {account}/.ssh/id {account}/notes")


@pytest.mark.parametrize("folder", ["/", "/nonexistent", None])
def test_an_account_without_a_home(lair: Lair, folder: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def account(uid: int) -> pwd.struct_passwd:
        if folder is None:
            raise KeyError(uid)
        return pwd.struct_passwd(("x", "x", uid, uid, "", folder, "/bin/sh"))

    monkeypatch.setattr(pwd, "getpwuid", account)
    assert seen.homes(lair.environment) == (lair.place / "home",)


@pytest.mark.parametrize("values", [ISOLATED, READONLY], ids=["isolated", "readonly"])
def test_variables_that_are_secret_by_their_names_stay_outside(lair: Lair, values: dict[str, object]) -> None:
    """But for those that were given to the pane."""
    lair.environment.update(GITHUB_TOKEN="a", PGPASSWORD="b", OWN_KEY="c", ANTHROPIC_API_KEY="d")
    code = "import os; print(*sorted(name for name in os.environ if name.endswith(('TOKEN', 'WORD', 'KEY'))))"
    assert lair.python(code, {**values, "secure_env": ["OWN_KEY"]}).split() == ["ANTHROPIC_API_KEY", "OWN_KEY"]
