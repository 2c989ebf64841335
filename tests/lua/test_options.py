"""setup(): what it takes, what it says to what it does not, and that the help file tells the same."""

from __future__ import annotations

import pytest

from tests.lua.conftest import FrontStarter
from tests.lua.front import Front
from tests.rig.programs import REPOSITORY


@pytest.mark.parametrize(
    ("setup", "says"),
    [
        ("pyton = 'x'", "found the unknown key pyton, nearest: python"),
        ("spawn = { were = 'h' }", "found the unknown key spawn.were, nearest: spawn.where"),
        ("spawn = { where = 'left' }", 'spawn.where: found "left", expected h or v or window or session'),
        ("spawn = 'h'", 'spawn: found "h", expected a table'),
        ("default_keys = 'no'", 'default_keys: found "no", expected boolean'),
        ("notify = 3", "notify: found 3, expected boolean or function"),
        ("python = false", "python: found false, expected string"),
    ],
)
def test_what_is_wrong_is_named(start_front: FrontStarter, setup: str, says: str) -> None:
    front = start_front(f"{setup}, offer = false", use_host=False)
    assert front.notified() == [f"✗ llm-send setup(): {says}"]
    assert front.level() == 4
    assert front.lua("return require('llm-send.config').get('offer')") is False, "the rest holds"


def test_no_table(front: Front) -> None:
    front.lua("require('llm-send').setup('x')")
    assert front.notified() == ["✗ llm-send setup(): expected a table"]


def test_defaults(start_front: FrontStarter) -> None:
    front = start_front(setup=None)

    def get(key: str) -> object:
        return front.lua("return require('llm-send.config').get(...)", key)

    assert get("python") == f"{REPOSITORY}/.venv/bin/python"
    assert (get("host"), get("spawn.where"), get("notify"), get("tmux.socket")) == ("jobstart", "h", True, None)
    front.lua("vim.g.llm_send_host = 'remote'")
    assert get("host") == "remote"


def test_the_help_file_carries_every_key(front: Front) -> None:
    words = " ".join((REPOSITORY / "doc/llm-send.txt").read_text().split())
    schema = front.lua(
        "return vim.tbl_map(function(e) return { e.key, e.doc, e.default_text or vim.inspect(e.default) } end,"
        " require('llm-send.config').schema)"
    )
    for key, doc, default in schema:
        assert f"*llm-send-config-{key}*" in words, key
        assert doc in words, key
        assert default in words, key
