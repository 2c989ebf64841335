"""What a confined pane sees of this machine, and where Claude's own files lie in there."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from llm_send import confined, guard
from llm_send.actions.context import Context
from llm_send.claude import private as claude_private
from llm_send.claude.sessions import config_folder
from llm_send.confine import private, sockets
from llm_send.confine.asked import Confinement
from llm_send.confine.view import Mount, Site, real

NOT_OURS = frozenset((".claude", ".claude.json", ".claude.json.backup"))  # of the home: Claude has its own there


def program_of(path: str, environment: Mapping[str, str]) -> str:
    """How it is called: a link in PATH stays one, since a program may go by its name; another is not seen in there."""
    in_path = str(Path(path).parent) in environment.get("PATH", "").split(":")
    return path if in_path else str(real(path))


def site(
    ctx: Context, asked: Confinement, own: Path, folder: Path, program: str, cwd: str, claude: Sequence[str] | None
) -> Site:
    """What is known of this machine, and what of the pane's own lies where."""
    environment, work = ctx.environment, own / "work"
    left_out = NOT_OURS if claude is not None else frozenset[str]()
    home = real(environment.get("HOME") or Path.home())
    if asked.readonly and not asked.isolate_fs:
        private.link_home(own, home, left_out)
    python = Path(guard.gate_python())
    return Site(
        homes=(home,),
        own=(ctx.paths.config, ctx.paths.state),
        private=own,
        work=work,
        cwd=real(cwd),
        needed=(Path(program), python, real(sys.base_prefix)),
        sockets=tuple(sockets.listening()),
        mounts=() if claude is None else (*claude_mounts(environment, own, cwd), *confined.mounts(folder, claude)),
        whole_home=not asked.isolate_fs,
        left_out=left_out,
        offline=asked.local_only,
    )


def claude_mounts(environment: Mapping[str, str], own: Path, cwd: str) -> list[Mount]:
    """Claude's configuration folder: a copy of its own, with the credentials shared. It may be a link, and so may what
    is in it: the home of the pane has none of these links."""
    claude_private.fill(own, environment, real(cwd), trusted=real(cwd) == real(own / "work"))
    place, home = config_folder(environment), real(environment.get("HOME") or Path.home())
    place.mkdir(mode=0o700, parents=True, exist_ok=True)  # what is to be covered must be there
    at = home / place.name if real(place.parent) == home else real(place)
    carried = [Mount(at / each.name, real(each), writable) for each, writable in claude_private.carried(environment)]
    return [Mount(at, own / "claude", writable=True), *carried]
