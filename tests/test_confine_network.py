"""A pane without a network: what it reaches all the same is its model, and nothing else."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from llm_send.claude.endpoint import endpoint
from llm_send.confine import plan
from llm_send.errors import LlmSendError, UsageError
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


def proxied(port: int) -> plan.Model:
    return plan.Model(3128, (("localhost", port),), through_proxy=True, environment={"HTTPS_PROXY": "x"})


@pytest.mark.parametrize(
    "code",
    [
        "socket.create_connection(('127.0.0.1', {port}), timeout=5)",
        "socket.create_connection(('192.0.2.1', 443), timeout=5)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
        "socket.getaddrinfo('example.org', 443)",
        "socket.socket(socket.AF_UNIX).connect(chr(0) + '{abstract}')",
    ],
    ids=["loopback outside", "another host", "a datagram", "a name", "an abstract socket"],
)
def test_it_reaches_nobody(lair: Lair, values: dict[str, Any], code: str) -> None:
    with echo() as port, socket.socket(socket.AF_UNIX) as abstract:
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


def test_a_model_elsewhere_is_asked_for_by_its_name(lair: Lair) -> None:
    with echo() as port:
        code = f"print(ask(3128, b'CONNECT localhost:{port} HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\nhello'))"
        assert asked(lair, proxied(port), code) == r"b'HTTP/1.1 200 Connection established\r\n\r\nHELLO'"


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
print(ask(3128, b'CONNECT localhost:{port} HTTP/1.1\\r\\n\\r\\nhello')[-5:])
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
        ("https://localhost", 443, ["localhost:443"], False),
        ("http://127.0.0.1", 80, ["127.0.0.1:80"], False),
        ("http://[::1]:8080", 8080, ["::1:8080"], False),
    ],
)
def test_where_the_model_is(url: str, port: int, to: list[str], through_proxy: bool) -> None:  # noqa: FBT001
    found = endpoint({"ANTHROPIC_BASE_URL": "http://localhost:1"}, {"ANTHROPIC_BASE_URL": url})
    assert (found.port, found.through_proxy) == (port, through_proxy)
    assert [f"{host}:{number}" for host, number in found.to] == to
    assert found.environment["HTTPS_PROXY"] == ("http://127.0.0.1:3128" if through_proxy else "")


def test_claudes_settings_say_it_too(place: Path) -> None:
    (place / "settings.json").write_text(json.dumps({"env": {"ANTHROPIC_BASE_URL": "http://localhost:7"}}))
    assert endpoint({"CLAUDE_CONFIG_DIR": str(place)}, {}).port == 7
    for broken in ("{", "[]", '{"env": 3}', "{}"):
        (place / "settings.json").write_text(broken)
        assert endpoint({"CLAUDE_CONFIG_DIR": str(place)}, {}).through_proxy


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({"ANTHROPIC_BASE_URL": "http://model.example"}, "neither https nor on this machine: http://model.example"),
        ({"ANTHROPIC_BASE_URL": "ftp://x"}, "no address: ftp://x"),
        ({"ANTHROPIC_BASE_URL": "https://x:99999"}, "no address: https://x:99999"),
        ({"CLAUDE_CODE_USE_BEDROCK": "1"}, "CLAUDE_CODE_USE_BEDROCK leads Claude to its model"),
        ({"https_proxy": "http://proxy.example"}, "https_proxy leads Claude to its model"),
    ],
)
def test_a_model_that_cannot_be_told_apart_is_refused(environment: dict[str, str], why: str) -> None:
    with pytest.raises(LlmSendError, match=f"local_only cannot be enforced: .*{why}"):
        endpoint(environment, {})
