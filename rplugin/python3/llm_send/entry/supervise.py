"""The process of a confined pane: takes its secrets, and becomes what it confines. With a limit in time or memory it
stays, as the parent of everything that runs in the pane, and ends it; without a network, to pass on what is for its
model.

    supervise.py FOLDER        the pane's folder, in which the plan stands

It runs with any Python, the standard library and `confine` alone. The agent is in a process group of its own: a signal
that an agent sends to its own group does not reach whoever watches it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from llm_send.confine import hidden, kernel, plan, scope
from llm_send.confine.watch import OURS, Watch

if TYPE_CHECKING:
    from llm_send.confine.relay import Relay

IGNORED = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)


def main() -> NoReturn:
    folder = Path(sys.argv[1])
    found = plan.read(folder)
    environment = environment_of(found, secrets(folder))
    if not found.stays:
        become(found, environment)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    signal.pthread_sigmask(signal.SIG_BLOCK, OURS)
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    relay = relay_of(found)
    pid = start(found, environment, relay)
    del environment
    if relay:
        relay.start()
    sys.exit(Watch(folder, found, pid).run())


def secrets(folder: Path) -> dict[str, str]:
    """Read once; then they are nowhere but in the agent's environment."""
    file = folder / plan.SECRETS
    try:
        text = file.read_text()
    except FileNotFoundError:
        return {}
    file.unlink()
    return dict(json.loads(text))


def environment_of(found: plan.Plan, secret: dict[str, str]) -> dict[str, str]:
    kept = dict(os.environ)
    if found.view:
        kept = {name: value for name, value in kept.items() if name in found.keep or not hidden.taken(name)}
    if found.isolated:
        kept = {name: value for name, value in kept.items() if hidden.kept(name) or name in found.keep}
    ways = found.model.environment if found.model else {}
    known = {**kept, **secret, **ways}
    return {name: value for name, value in known.items() if value or name not in ways}


def relay_of(found: plan.Plan) -> Relay | None:
    if not found.model:
        return None
    from llm_send.confine.relay import Relay

    return Relay(found.model.to, through_proxy=found.model.through_proxy)


def start(found: plan.Plan, environment: dict[str, str], relay: Relay | None) -> int:
    """The agent, in a process group of its own and in front on the terminal."""
    parent = os.getpid()
    pid = os.fork()
    if not pid:
        begin(found, environment, parent, relay)
    with suppress(ProcessLookupError, PermissionError):  # it has done so itself, and is on
        os.setpgid(pid, pid)
    return pid


def begin(found: plan.Plan, environment: dict[str, str], parent: int, relay: Relay | None) -> NoReturn:
    """The child: it ends with its parent."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    os.setpgid(0, 0)
    with suppress(OSError):  # no terminal: a test's
        os.tcsetpgrp(0, os.getpid())
    for number in IGNORED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, OURS)
    become(found, environment, relay)


def become(found: plan.Plan, environment: dict[str, str], relay: Relay | None = None) -> NoReturn:
    """Run the command, in its own view of the files if it has one. Nothing of that view is in a process list."""
    lead = scope.before(found.scope, found.ways, environment)
    if not found.view:
        argv = [*lead, *found.command]
        os.execvpe(argv[0], argv, environment)  # noqa: S606 — an argument list, as it is
    if kernel.knows_scopes():
        kernel.without_abstract_sockets()
    calls = kernel.call_filter()
    extra = ["--seccomp", str(readable(calls))] if calls else []
    words = "\0".join([*found.view, *extra]).encode(errors="surrogateescape")
    command = [*relay.opens(found.model.port), *found.command] if relay and found.model else [*found.command]
    argv = [*lead, found.bwrap, "--args", str(readable(words)), "--", *command]
    os.execvpe(argv[0], argv, environment)  # noqa: S606


def readable(data: bytes) -> int:
    """A file without a name that holds this, for a program we become."""
    descriptor = os.memfd_create("llm-send", 0)
    os.write(descriptor, data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


if __name__ == "__main__":
    main()
