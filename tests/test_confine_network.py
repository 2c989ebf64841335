"""A pane without a network: what it reaches all the same is its model, and nothing else."""

from __future__ import annotations

import json
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from llm_send.actions.confining import confinement
from llm_send.claude.endpoint import endpoint
from llm_send.confine import plan
from llm_send.confine.asked import Confinement
from llm_send.confine.hello import greets, server_name
from llm_send.confine.relay import AT_ONCE
from llm_send.errors import LlmSendError, UsageError
from llm_send.tmux import Tmux
from tests.confining import Lair

OFFLINE: list[dict[str, Any]] = [{"isolate_fs": True, "local_only": True}, {"readonly": True, "local_only": True}]
INSIDE = """
import socket, sys
def ask(port, said=b"", end=True):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as one:
        one.sendall(said)
        if end:
            one.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: one.recv(65536), b""))
"""


@pytest.fixture
def lair(place: Path) -> Lair:
    return Lair(place)


@pytest.fixture(params=OFFLINE, ids=["isolated", "readonly"])
def values(request: pytest.FixtureRequest) -> dict[str, Any]:
    return dict(request.param)


@contextmanager
def echo() -> Iterator[int]:
    """Somebody outside, on this port: what is said to it comes back in capitals."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    one, _ = server.accept()
                    threading.Thread(target=answer, args=(one,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)


def answer(one: socket.socket) -> None:
    with one, suppress(OSError):
        while data := one.recv(65536):
            one.sendall(data.upper())


def asked(lair: Lair, model: plan.Model | None, code: str) -> str:
    """What a program prints that has this way to its model."""
    line = lair.command_line([sys.executable, "-I", "-c", INSIDE + code], OFFLINE[0])
    folder = Path(line[-1])
    (folder / plan.FILE).write_text(plan.text_of(replace(plan.read(folder), model=model)))
    done = lair.run_line(line)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def direct(port: int) -> plan.Model:
    return plan.Model(port, (("127.0.0.1", port),), through_proxy=False, environment={"HTTPS_PROXY": "", "QUIET": "1"})


def proxied(port: int, host: str = "localhost") -> plan.Model:
    return plan.Model(3128, ((host, port),), through_proxy=True, environment={"HTTPS_PROXY": "x"})


def hello(name: str | None) -> bytes:
    """What TLS begins with, to the host of that name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    said = ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        context.wrap_bio(ssl.MemoryBIO(), said, server_hostname=name).do_handshake()
    return said.read()


def extended(record: bytes, extension: bytes) -> bytes:
    """The same ClientHello with one more extension, at its end."""
    at = 43 + 1 + record[43]
    at += 2 + int.from_bytes(record[at : at + 2])
    at += 1 + record[at]
    parts = (record[:3], 2), (record[5:6], 3), (record[9:at], 2)
    longer = record[at + 2 :] + extension
    for before, size in reversed(parts):
        longer = before + len(longer).to_bytes(size) + longer
    return longer


@pytest.mark.parametrize(
    "code",
    [
        "socket.create_connection(('127.0.0.1', {port}), timeout=5)",
        # The second hears that nobody was there for the first.
        "s = socket.socket(type=socket.SOCK_DGRAM); s.connect(('127.0.0.1', {port})); s.send(b'x'); s.send(b'x')",
        "socket.socket(socket.AF_UNIX).connect(chr(0) + '{abstract}')",
    ],
    ids=["loopback outside", "a datagram", "an abstract socket"],
)
def test_it_reaches_nobody(lair: Lair, values: dict[str, Any], code: str) -> None:
    with echo() as port, socket.socket(socket.AF_UNIX) as abstract, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(("127.0.0.1", port))
        abstract.bind(f"\0llm-send-test-{port}")
        abstract.listen()
        code = code.format(port=port, abstract=f"llm-send-test-{port}")
        program = f"import socket\ntry:\n    {code}\n    print('OUT')\nexcept OSError as error:\n    print('no', error)"
        assert lair.python(program, values).startswith("no ")


def test_it_has_a_loopback_of_its_own(lair: Lair, values: dict[str, Any]) -> None:
    code = INSIDE + (
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "one = socket.create_connection(server.getsockname())\n"
        "server.accept()[0].sendall(b'hello'); print(one.recv(9), [name for _, name in socket.if_nameindex()])"
    )
    assert lair.python(code, values).strip() == "b'hello' ['lo']"


def test_its_model_is_where_it_was(lair: Lair) -> None:
    with echo() as port:
        code = f"print(ask({port}, b'hello'), len(ask({port}, b'x' * 1_000_000)))"
        assert asked(lair, direct(port), code) == "b'HELLO' 1000000"


def test_nothing_else_is_passed_on(lair: Lair) -> None:
    with echo() as port, echo() as another:
        code = f"""
try:
    ask({another})
except OSError as error:
    print(type(error).__name__, ask({port}, b'a'))
"""
        assert asked(lair, direct(port), code) == "ConnectionRefusedError b'A'"


def test_no_more_than_so_many_are_passed_on_at_once(lair: Lair) -> None:
    """Else a few hundred that say nothing take all descriptors of the process that watches its memory."""
    with echo() as port:
        code = f"""
def one_more():
    one = socket.create_connection(("127.0.0.1", {port}), timeout=10)
    try:
        one.sendall(b'a')
        return one if one.recv(1) else None
    except ConnectionError:
        return None
held = [one_more() for _ in range({AT_ONCE})]
print(all(held), [one_more() for _ in range(9)] == [None] * 9)
held.pop().close()
while not one_more():
    pass
print('again')
"""
        assert asked(lair, direct(port), code).split() == ["True", "True", "again"]


GRANTED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def connecting(port: int, host: str = "localhost") -> bytes:
    return f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def test_a_model_elsewhere_is_asked_for_by_its_name(lair: Lair) -> None:
    said = hello("localhost") + b"and more"
    with echo() as port:
        code = f"print(ask(3128, {connecting(port) + said!r}))"
        assert asked(lair, proxied(port), code) == repr(GRANTED + said.upper())


def test_its_greeting_may_come_in_pieces(lair: Lair) -> None:
    said = hello("localhost")
    with echo() as port:
        code = f"""
with socket.create_connection(('127.0.0.1', 3128), timeout=10) as one:
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for at in {connecting(port) + said!r}:
        one.sendall(bytes([at]))
    one.shutdown(socket.SHUT_WR)
    print(b''.join(iter(lambda: one.recv(65536), b'')))
"""
        assert asked(lair, proxied(port), code) == repr(GRANTED + said.upper())


def test_a_model_by_its_address_is_greeted_without_a_name(lair: Lair) -> None:
    said = hello(None)
    with echo() as port:
        code = f"print(ask(3128, {connecting(port, '127.0.0.1') + said!r}))"
        assert asked(lair, proxied(port, "127.0.0.1"), code) == repr(GRANTED + said.upper())
    assert not greets(hello("localhost"), "127.0.0.1")


@pytest.mark.parametrize(
    "said",
    [
        hello("example.org"),
        hello("localhost.example.org"),
        hello(None),
        hello("localhost")[:-1],
        extended(hello("localhost"), b"\xfe\x0d\0\0"),
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x40\x01" + bytes(0x4001),
        b"\x16\x03\x01\0\0" + hello("localhost"),
        b"",
    ],
    ids=["another", "longer", "no name", "cut off", "one in secret", "no TLS", "too long", "nothing first", "nothing"],
)
def test_another_behind_the_same_address_is_not(lair: Lair, said: bytes) -> None:
    """A host that many share tells them apart by the name in TLS."""
    with echo() as port:
        code = f"""
with socket.create_connection(('127.0.0.1', 3128), timeout=10) as one:
    one.sendall({connecting(port)!r})
    print(one.recv({len(GRANTED)}, socket.MSG_WAITALL))
    try:
        one.sendall({said!r})
        one.shutdown(socket.SHUT_WR)
        print(one.recv(9))
    except ConnectionError:
        print(b'')
"""
        assert asked(lair, proxied(port), code).splitlines() == [repr(GRANTED), "b''"]


def test_the_name_in_a_greeting() -> None:
    whole = hello("model.example")
    assert server_name(whole) == "model.example"
    assert server_name(hello("Model.Example")) == "model.example"
    assert server_name(hello(None)) is None
    assert server_name(extended(whole, b"\x7f\x7f\0\1x")) == "model.example"


def test_no_name_is_taken_from_a_greeting_that_is_not_whole() -> None:
    whole = hello("model.example")
    another = b"\0\0\0\6\0\4\0\0\1x"
    wrong = [whole[:end] for end in range(len(whole))]
    wrong += [whole + b"x", b"\x17" + whole[1:], whole[:5] + b"\2" + whole[6:], extended(whole, another)]
    wrong += [extended(whole, b"\xfe\x0d\0\0"), extended(hello(None), b"\0\0\0\7\0\5\0\0\1xy")]
    for record in wrong:
        with pytest.raises(ValueError):
            server_name(record)


@pytest.mark.parametrize(
    "said",
    [
        "CONNECT example.org:443 HTTP/1.1\\r\\n\\r\\n",
        "CONNECT localhost:{another} HTTP/1.1\\r\\n\\r\\n",
        "CONNECT 127.0.0.1:{port} HTTP/1.1\\r\\n\\r\\n",
        "GET http://localhost:{port}/ HTTP/1.1\\r\\n\\r\\n",
        "\\r\\n\\r\\n",
        "CONNECT\\r\\n\\r\\n",
    ],
)
def test_any_other_is_not(lair: Lair, said: str) -> None:
    with echo() as port, echo() as another:
        code = f"print(ask(3128, b'{said.format(port=port, another=another)}')[:12])"
        assert asked(lair, proxied(port), code) == "b'HTTP/1.1 403'"


@pytest.mark.parametrize("said", ["nonsense without an end", "x" * 100_000])
def test_what_is_no_request_is_not_answered(lair: Lair, said: str) -> None:
    with echo() as port:
        code = f"""
try:
    print(ask(3128, {said.encode()!r}))
except ConnectionError:
    print(b"")
print(ask(3128, {connecting(port) + hello("localhost") + b"hello"!r})[-5:])
"""
        assert asked(lair, proxied(port), code).split() == ["b''", "b'HELLO'"], "the next one is"


def test_a_model_that_is_not_there(lair: Lair) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert asked(lair, direct(port), f"print(ask({port}, b'hello', end=False))") == "b''"


def test_it_is_told_of_the_way(lair: Lair) -> None:
    lair.environment["HTTPS_PROXY"] = "http://proxy.example:1"
    code = "import os; print([os.environ.get(name) for name in ('HTTPS_PROXY', 'QUIET')])"
    with echo() as port:
        assert asked(lair, direct(port), code) == "[None, '1']"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("external\n3.2a\n", "tmux 3.2a lets any program write to your terminal"),
        ("on\n3.7\n", "set-clipboard on"),
        ("external\n3.3a\n", None),
        ("off\n3.7c\n", None),
    ],
)
def test_no_way_through_tmux(lair: Lair, said: str, why: str | None) -> None:
    class Server:
        def run(self, *_commands: list[str]) -> str:
            return said

    ctx = replace(lair.ctx, tmux=cast("Tmux", Server()))
    if why:
        with pytest.raises(LlmSendError, match=why):
            confinement(ctx, Confinement(readonly=True), claude=False)
    relaxed = confinement(ctx, Confinement(readonly=True, best_effort=True), claude=False).relaxed
    assert relaxed == (("terminal",) if why else ())
    assert confinement(ctx, Confinement(timeout_secs=5), claude=False).relaxed == ()


def test_a_network_alone_is_no_confinement(lair: Lair) -> None:
    with pytest.raises(UsageError, match="local_only needs isolate_fs or readonly"):
        lair.command_line(["true"], {"local_only": True})


SIGNS_IN = ["platform.claude.com:443", "console.anthropic.com:443"]


@pytest.mark.parametrize(
    ("url", "port", "to", "through_proxy"),
    [
        ("", 3128, ["api.anthropic.com:443", *SIGNS_IN], True),
        ("https://model.example", 3128, ["model.example:443"], True),
        ("https://model.example:8443/v1", 3128, ["model.example:8443"], True),
        ("http://localhost:4000", 4000, ["localhost:4000"], False),
        ("https://localhost:1024", 1024, ["localhost:1024"], False),
        ("http://[::1]:8080", 8080, ["::1:8080"], False),
    ],
)
def test_where_the_model_is(url: str, port: int, to: list[str], through_proxy: bool) -> None:  # noqa: FBT001
    found = endpoint({"ANTHROPIC_BASE_URL": "http://localhost:1"}, {"ANTHROPIC_BASE_URL": url})
    assert (found.port, found.through_proxy) == (port, through_proxy)
    assert [f"{host}:{number}" for host, number in found.to] == to
    assert found.environment["HTTPS_PROXY"] == ("http://127.0.0.1:3128" if through_proxy else "")
    assert found.environment.get("ANTHROPIC_BASE_URL", "") == url, "tmux may know of another"


def test_claudes_settings_say_it_too(place: Path) -> None:
    (place / "settings.json").write_text(json.dumps({"env": {"ANTHROPIC_BASE_URL": "http://localhost:7000"}}))
    assert endpoint({"CLAUDE_CONFIG_DIR": str(place)}, {}).port == 7000
    for broken in ("{", "[]", '{"env": 3}', "{}"):
        (place / "settings.json").write_text(broken)
        assert endpoint({"CLAUDE_CONFIG_DIR": str(place)}, {}).through_proxy


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({"ANTHROPIC_BASE_URL": "http://model.example"}, "neither https nor on this machine: http://model.example"),
        ({"ANTHROPIC_BASE_URL": "ftp://x"}, "no address: ftp://x"),
        ({"ANTHROPIC_BASE_URL": "http://localhost"}, "on port 80, and a program in there may open none below 1024"),
        ({"ANTHROPIC_BASE_URL": "https://127.0.0.1/v1"}, "on port 443"),
        ({"ANTHROPIC_BASE_URL": "https://x:99999"}, "no address: https://x:99999"),
        ({"CLAUDE_CODE_USE_BEDROCK": "1"}, "CLAUDE_CODE_USE_BEDROCK leads Claude to its model"),
        ({"ANTHROPIC_BASE_URL": "http://localhost:80"}, "a program in there may open none below 1024"),
        ({"https_proxy": "http://proxy.example"}, "https_proxy leads Claude to its model"),
    ],
)
def test_a_model_that_cannot_be_told_apart_is_refused(environment: dict[str, str], why: str) -> None:
    with pytest.raises(LlmSendError, match=f"local_only cannot be enforced: .*{why}"):
        endpoint(environment, {})


def test_an_address_that_is_kept_secret_is_refused() -> None:
    with pytest.raises(LlmSendError, match="the supervisor has to know it"):
        endpoint({}, {}, {"ANTHROPIC_BASE_URL": "http://localhost:4000"})
