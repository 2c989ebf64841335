"""The sockets that programs of this machine listen on, by their files. A read-only mount does not keep anybody from
connecting to one, so each that could be seen is covered."""

from __future__ import annotations

from pathlib import Path

LISTED = Path("/proc/net/unix")
PATH = 7  # the field that holds it


def listening() -> list[Path]:
    """The files of the sockets there are. Abstract ones, which have none, begin with @ and are left out."""
    found = set()
    for line in LISTED.read_text(errors="surrogateescape").splitlines()[1:]:
        fields = line.split(maxsplit=PATH)
        if len(fields) > PATH and fields[PATH].startswith("/"):
            found.add(Path(fields[PATH]))
    return sorted(found)
