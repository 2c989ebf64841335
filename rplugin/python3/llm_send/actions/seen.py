"""What a confined pane sees of this machine, and where Claude's own files lie in there."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from stat import S_IFDIR, S_IFREG

from llm_send import confined, guard
from llm_send.actions.context import Context
from llm_send.claude import private as claude_private
from llm_send.claude.sessions import config_folder
from llm_send.confine import hidden, private, sockets
from llm_send.confine.asked import Confinement
from llm_send.confine.view import Mount, Site, kind, real


def program_of(path: str, environment: Mapping[str, str]) -> str:
    """How it is called: a link in PATH stays one, since a program may go by its name; another is not seen in there."""
    in_path = str(Path(path).parent) in environment.get("PATH", "").split(":")
    return path if in_path else str(real(path))


def site(
    ctx: Context, asked: Confinement, own: Path, folder: Path, program: str, cwd: str, claude: Sequence[str] | None
) -> Site:
    """What is known of this machine, and what of the pane's own lies where."""
    environment, work = ctx.environment, own / "work"
    home, *others = homes(environment)
    left_out = claudes(home)
    if asked.readonly and not asked.isolate_fs:
        private.link_home(own, home, left_out)
    mounts = () if claude is None else (*claude_mounts(environment, own, cwd), *confined.mounts(folder, claude))
    called = (Path(program), Path(guard.gate_python()), *tools(environment, home))
    ways = (Path(environment.get("HOME", "/")), *called)
    found = {link for each in ways for link in links_on(each)}
    links = sorted(link for link in found if not any(each.at.is_relative_to(link) for each in mounts))
    for link in links:
        put_link(link, {home: own / "home", real("/tmp"): own / "tmp"})  # noqa: S108
    return Site(
        homes=(home, *others),
        own=(ctx.paths.config, ctx.paths.state),
        private=own,
        work=work,
        cwd=real(cwd),
        needed=(*called, package_of(program, home), real(sys.base_prefix)),
        links=tuple(links),
        sockets=tuple(sockets.listening()),
        mounts=mounts,
        whole_home=not asked.isolate_fs,
        left_out=left_out,
        secret=(*(home / name for name in left_out), config_folder(environment)),
        offline=asked.local_only,
    )


def homes(environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The home in force, and that of the account where it is another: what is secret lies there too."""
    home = real(environment.get("HOME") or Path.home())
    try:
        of_account = real(pwd.getpwuid(os.getuid()).pw_dir)
    except KeyError:  # an account without a name, as in a container
        return (home,)
    # That of a service may be / or /bin, which is not its own.
    own = (
        of_account not in (Path("/"), home) and kind(of_account) == S_IFDIR and of_account.stat().st_uid == os.getuid()
    )
    return (home, of_account) if own else (home,)


def claudes(home: Path) -> frozenset[str]:
    """What of the home is Claude's, with the copies it makes of its state: tokens, and other conversations. A Claude in
    there has its own, and another program is not to see them."""
    names = [each.name for each in home.iterdir()] if home.is_dir() else []
    return frozenset(name for name in names if name == ".claude" or name.startswith(".claude.json"))


def package_of(program: str, home: Path) -> Path:
    """The package that a program in the home is part of, since it loads what lies beside it; else the program."""
    file = real(program)
    inside = (each for each in file.parents if home in each.parents)
    return next((each for each in inside if kind(each / "package.json") == S_IFREG), file)


def tools(environment: Mapping[str, str], home: Path) -> Iterator[Path]:
    """What the program calls others from."""
    yield from (home / name for name in hidden.TOOLS_IN_HOME)
    yield from (Path(each) for each in environment.get("PATH", "").split(":") if each.startswith("/"))
    yield Path("/run/current-system")


def links_on(path: Path, left: int = 40) -> Iterator[Path]:
    """Every link that is followed on the way there, each where it really is."""
    at = Path("/")
    for number, name in enumerate(path.parts[1:], 2):
        at = Path(os.path.normpath(at / name))  # all before it is real, so .. is what it seems
        try:
            to = at.readlink()
        except OSError:
            continue
        yield at
        if left:
            yield from links_on(at.parent.joinpath(to, *path.parts[number:]), left - 1)
        return


def put_link(link: Path, folders: Mapping[Path, Path]) -> None:
    """The same link in the pane's own folder that lies over its place, if one does: it stays there when the pane is
    started again. What an earlier run has put in the way is left, and followed nowhere."""
    over = max((each for each in folders if each in link.parents), key=lambda each: len(each.parts), default=None)
    if over is None:
        return
    *above, name = link.relative_to(over).parts
    at = os.open(folders[over], os.O_DIRECTORY)
    try:
        for each in above:
            with suppress(FileExistsError):
                os.mkdir(each, 0o700, dir_fd=at)
            inner = os.open(each, os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = inner
        os.symlink(link.readlink(), name, dir_fd=at)
    except OSError:
        pass
    finally:
        os.close(at)


def claude_mounts(environment: Mapping[str, str], own: Path, cwd: str) -> list[Mount]:
    """Claude's configuration folder: a copy of its own, with the credentials shared. It may be a link, and so may what
    is in it: the home of the pane has none of these links."""
    claude_private.fill(own, environment, real(cwd), trusted=real(cwd) == real(own / "work"))
    place, home = config_folder(environment), homes(environment)[0]
    place.mkdir(mode=0o700, parents=True, exist_ok=True)  # what is to be covered must be there
    at = home / place.name if real(place.parent) == home else real(place)
    carried = [Mount(at / each.name, real(each), writable) for each, writable in claude_private.carried(environment)]
    return [Mount(at, own / "claude", writable=True), *carried]
