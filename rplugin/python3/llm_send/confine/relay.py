"""The one way out of a pane without a network: its loopback has one port, and what comes there goes to its model.

The port is opened inside, by `OPENS`, which hands the listening socket out before it becomes the agent; a socket stays
in the network it was made in. So nothing of ours runs in there that an agent could end or talk to.
"""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress

from llm_send.confine.hello import HEADER, LONGEST, greets

OPENS = """
import os, socket, sys
out, port = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])
made = []
for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    try:
        one = socket.socket(family)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((host, port))
        one.listen(64)
        made.append(one)
    except OSError:
        if family == socket.AF_INET:
            raise
socket.send_fds(out, [b"."], [one.fileno() for one in made])
out.close()
os.execv(sys.argv[3], sys.argv[3:])
"""
CHUNK = 65536
HEAD = 16384  # bytes a request for a connection may have
PATIENCE = 20.0  # seconds a connection may take to come about
AT_ONCE = 64  # connections; each takes two of the descriptors that watching the memory needs as well

Address = tuple[str, int]


class Relay:
    """Serves what is opened inside, on a thread, for as long as this process lives. `to` are the addresses that may be
    reached; with `through_proxy` it is asked for one of them, and what is said there is TLS with that host by its name,
    as others may share its address. Else all goes to the first."""

    def __init__(self, to: Sequence[Address], *, through_proxy: bool) -> None:
        self.to, self.through_proxy = tuple(to), through_proxy
        self.free = asyncio.Semaphore(AT_ONCE)
        self.ours, self.theirs = socket.socketpair()
        self.theirs.set_inheritable(True)

    def opens(self, port: int) -> list[str]:
        """What stands before the agent's command: opens that port on the loopback it has there."""
        return [sys.executable, "-I", "-S", "-c", OPENS, str(self.theirs.fileno()), str(port)]

    def start(self) -> None:
        """After the fork that takes the other end inside."""
        self.theirs.close()
        threading.Thread(target=self._run, name="relay", daemon=True).start()

    def _run(self) -> None:
        _, descriptors, _, _ = socket.recv_fds(self.ours, 1, 2)
        self.ours.close()
        if descriptors:  # else it ended before it had opened any
            asyncio.run(self._serve([socket.socket(fileno=each) for each in descriptors]))

    async def _serve(self, opened: Sequence[socket.socket]) -> None:
        servers = [await asyncio.start_server(self._connected, sock=each, limit=HEAD) for each in opened]
        await asyncio.gather(*(server.serve_forever() for server in servers))

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.free.locked():
            writer.close()
            return
        async with self.free:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
                if asked := await asyncio.wait_for(self._asked(reader, writer), PATIENCE):
                    await _pass_on(reader, writer, *asked)
            await _closed(writer)

    async def _asked(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[Address, bytes] | None:
        """Which of the addresses it is for, and what was read of what goes there; None for any other."""
        if not self.through_proxy:
            return self.to[0], b""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split()
        wanted = next((each for each in self.to if head[:2] == ["CONNECT", f"{each[0]}:{each[1]}"]), None)
        if not wanted:
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return None
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        first = await _record(reader)
        return (wanted, first) if greets(first, wanted[0]) else None


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to: Address, first: bytes) -> None:
    there, away = await asyncio.wait_for(asyncio.open_connection(*to), PATIENCE)
    try:
        away.write(first)
        await asyncio.gather(_copy(reader, away), _copy(there, writer))
    finally:
        await _closed(away)


async def _record(reader: asyncio.StreamReader) -> bytes:
    """Of TLS, with its header; one that says it is too long is not read."""
    header = await reader.readexactly(HEADER)
    size = int.from_bytes(header[-2:])
    return header + await reader.readexactly(size) if size <= LONGEST else b""


async def _closed(writer: asyncio.StreamWriter) -> None:
    """Until its descriptor is free. Who does not take what is left for it has had the time for that."""
    writer.close()
    try:
        await asyncio.wait_for(writer.wait_closed(), PATIENCE)
    except OSError:  # a timeout is one
        writer.transport.abort()


async def _copy(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    """All there is, and its end."""
    while data := await source.read(CHUNK):
        to.write(data)
        await to.drain()
    with suppress(OSError):
        to.write_eof()
