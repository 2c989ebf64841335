"""The file system a confined pane sees, as arguments for bubblewrap.

    /                read-only, as it is
    /tmp, the home   the pane's own, thrown away; of the real home what the list or the tools in PATH need, read-only
    /run, /var/tmp   empty
    the project      read-only
    what is secret   covered, wherever it shows through; so is every socket somebody listens on
    the work folder  the pane's own, the only place besides that can be written

Later mounts lie over earlier ones, so the order is: what covers, what shows through, what is hidden in it, what is the
pane's own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_IFDIR, S_IFMT, S_IFREG

from llm_send.confine import hidden
from llm_send.errors import LlmSendError

NAMESPACES = (
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-cgroup-try",
    "--die-with-parent",
    "--cap-drop",
    "ALL",
)
KERNEL = ("/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus")
"""What root without any capability may still write to, since it owns it."""
NOWHERE = "/dev/null"


@dataclass(frozen=True)
class Mount:
    """`what` is seen at `at`: a folder or file to be written to, or only read; None an empty folder."""

    at: Path
    what: Path | None = None
    writable: bool = False

    def words(self) -> list[str]:
        if self.what is None:
            return ["--tmpfs", str(self.at)]
        return ["--bind" if self.writable else "--ro-bind", str(self.what), str(self.at)]


@dataclass(frozen=True)
class Site:
    """What is known of the machine. All paths are real ones, links resolved.

    `homes` are the person's, the first the one in force; `own` is our own configuration and state; `private` is the
    pane's folder of what is thrown away; `needed` must be seen to start the program and what it calls, and `links` are
    on the way there, which alone need not be real paths; `sockets` are listened on;
    `mounts` are the program's own, and lie above everything.
    """

    homes: tuple[Path, ...]
    own: tuple[Path, ...]
    private: Path
    work: Path
    cwd: Path
    needed: tuple[Path, ...] = ()
    links: tuple[Path, ...] = ()
    sockets: tuple[Path, ...] = ()
    mounts: tuple[Mount, ...] = ()
    whole_home: bool = False  # seen but for what is secret; else what programs in PATH need
    left_out: frozenset[str] = frozenset()  # of the home's entries
    secret: tuple[Path, ...] = ()  # of the program's, beside what is on the list
    offline: bool = False  # it has a loopback of its own, and nothing else


def words(site: Site, environment: Mapping[str, str]) -> list[str]:
    """What stands behind `bwrap`, up to the command. Raises LlmSendError for a folder that cannot be shown."""
    covers = [*_covers(site, environment)]
    shown = [*_shown(site, covers)]
    secret = [*_secret(site, covers, shown, environment)]
    ours = [Mount(site.work, site.work, writable=True), *site.mounts]
    linked = _linked(site, covers, shown)
    base = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    base += [word for each in KERNEL for word in ("--ro-bind-try", each, each)]
    # Empty folders that would be ones to write to: what lies in them is the gate's, or nobody's.
    empty = [each.at for each in secret if each.what is None]
    closed = [word for each in (*empty, real("/run")) for word in ("--remount-ro", str(each))]
    place = ["--chdir", str(site.cwd)]
    network = ["--unshare-net"] if site.offline else []
    seen = [word for each in (*covers, *shown) for word in each.words()]
    over = [word for each in (*secret, *ours) for word in each.words()]
    return [*NAMESPACES, *network, *base, *seen, *linked, *over, *closed, *place]


def _covers(site: Site, environment: Mapping[str, str]) -> Iterator[Mount]:
    """From the top down: a home may lie in /tmp."""
    named = (environment.get(name, "") for name in ("XDG_RUNTIME_DIR", "TMUX_TMPDIR", "TMPDIR"))
    passing = {real(each) for each in (*hidden.PASSING, *named) if each.startswith("/") and kind(each) == S_IFDIR}
    own = {real("/tmp"): site.private / "tmp", site.homes[0]: site.private / "home"}  # noqa: S108
    if Path("/") in {*passing, *site.homes}:
        raise LlmSendError("config", "A home folder that is / cannot be kept out of sight.", "Set HOME.", found="/")
    for each in sorted({*passing, *site.homes}):
        if each in own or not any(above in each.parents for above in passing):
            yield Mount(each, own.get(each), writable=each in own)


def _shown(site: Site, covers: Iterable[Mount]) -> Iterator[Mount]:
    """What of the covered folders is seen all the same, read-only."""
    home = site.homes[0]
    wanted = [*site.needed, Path("/etc/resolv.conf")]
    if site.whole_home:
        wanted += [each for each in home.iterdir() if each.name not in site.left_out and real(each) == each]
    if site.cwd != site.work:
        wanted.append(site.cwd)
    covered = [each.at for each in covers]
    found = sorted({real(each) for each in wanted if kind(each) in (S_IFDIR, S_IFREG)})
    last: Path | None = None
    for each in found:
        if any(cover.is_relative_to(each) for cover in covered) or (last and each.is_relative_to(last)):
            continue  # it would show all that is covered; or is seen already
        if any(each.is_relative_to(cover) for cover in covered):
            last = each
            yield Mount(each, each)


def _linked(site: Site, covers: Sequence[Mount], shown: Sequence[Mount]) -> Iterator[str]:
    """The links that an empty folder hides. Those in a folder of the pane's own have been put there."""
    for link in site.links:
        over = _nearest(link, (*covers, *shown))
        if over and over.what is None:
            yield from ("--symlink", str(link.readlink()), str(link))


def _hidden(site: Site, environment: Mapping[str, str]) -> Iterator[Path]:
    yield from (home / name for home in site.homes for name in hidden.IN_HOME)
    yield from map(Path, hidden.OF_THE_SYSTEM)
    # A variable may name a folder in which everything lies: then what it means is not to be told.
    used = (*site.homes, site.cwd, *map(real, site.needed))
    yield from (
        each for each in map(real, hidden.named(environment)) if not any(one.is_relative_to(each) for one in used)
    )
    yield from site.secret
    yield from site.own
    yield from site.sockets


def _secret(
    site: Site, covers: Sequence[Mount], shown: Sequence[Mount], environment: Mapping[str, str]
) -> Iterator[Mount]:
    """What hides each, from the outside in, unless it is hidden with another or the program has its own there."""
    found = {mount for path in _hidden(site, environment) if (mount := _cover_of(path, covers, shown))}
    last: Path | None = None
    for each in sorted(found, key=lambda each: each.at):
        its_own = any(each.at.is_relative_to(one.at) for one in site.mounts)
        if not its_own and not (last and each.at.is_relative_to(last)):
            last = each.at
            yield each


def _cover_of(path: Path, covers: Iterable[Mount], shown: Iterable[Mount]) -> Mount | None:
    """What hides it; None where it is not there to be seen, or lies where the person, and so the pane, may not look."""
    there = real(path)
    nearest = _nearest(there, (*covers, *shown))
    if not kind(there) or (nearest and nearest.what != nearest.at):
        return None
    return Mount(there) if kind(there) == S_IFDIR else Mount(there, Path(NOWHERE))


def _nearest(path: Path, mounts: Iterable[Mount]) -> Mount | None:
    """By which one sees it, None where that is the machine's own."""
    above = [each for each in mounts if path.is_relative_to(each.at)]
    return max(above, key=lambda each: len(each.at.parts), default=None)


def real(path: str | Path) -> Path:
    return Path(os.path.realpath(path))


def kind(path: str | Path) -> int:
    """What is there, as stat says it; 0 where nothing is, or where one may not look."""
    try:
        return S_IFMT(Path(path).stat().st_mode)
    except OSError:
        return 0
