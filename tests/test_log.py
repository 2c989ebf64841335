"""What is written of a pane's output, and what is not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from llm_send.confine.redact import Redacted
from llm_send.entry.log import KEPT, Log, opened


@pytest.mark.parametrize("seed", range(50))
def test_a_secret_is_taken_out_wherever_the_stream_is_cut(seed: int) -> None:
    dice = random.Random(seed)
    secrets = ["top-secret", "top", "aab", "äöü-secret"]
    text = "".join(
        dice.choice(["top-", "secret", "top", "a", "aab", "äöü-", "secret", "x"]) for _ in range(40)
    ).encode()
    redacted, out, rest = Redacted(secrets), b"", text
    while rest:
        size = dice.randint(1, 5)
        out, rest = out + redacted.feed(rest[:size]), rest[size:]
    out += redacted.rest()
    assert not any(secret.encode() in out for secret in secrets)
    whole = Redacted(secrets)
    assert out == whole.feed(text) + whole.rest()


def test_what_is_no_secret_does_not_wait() -> None:
    redacted = Redacted(["secret"])
    assert redacted.feed(b"hello") == b"hello"
    assert redacted.feed(b"a sec") == b"a "
    assert redacted.feed(b"ond") == b"second"
    assert Redacted([]).feed(b"secret") == b"secret"


def test_it_is_private_and_rotated(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text("")
    path.chmod(0o644)
    log = Log(path, limit=10)
    for number in range(6):
        log.write(f"line {number}\n".encode())
    assert path.read_text() == "line 5\n"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["log", *(f"log.{n}" for n in range(1, KEPT + 1))]
    assert (tmp_path / "log.3").read_text() == "line 2\n"
    assert {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()} == {0o600}


def test_it_is_written_through_no_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "precious")
    with pytest.raises(OSError, match="link"):
        opened(tmp_path / "link")
    assert not (tmp_path / "precious").exists()
