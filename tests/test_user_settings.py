"""The person's own settings file: one value changes, and nothing else does."""

import json
import os
import stat
from pathlib import Path

import pytest

from llm_send.claude.user_settings import Change, set_default_mode, settings_file
from llm_send.errors import LlmSendError

PRETTY = """{
    "model": "opus",
    "unknown": {"z": 1, "a": [1.50, 1e3, "\\u00e9 é"]},
    "permissions": {
        "deny": ["Read(./.env)"],
        "defaultMode": "acceptEdits"
    },
    "hooks": {}
}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "with space" / ".claude" / "settings.json"


def write(file: Path, text: str | bytes, mode: int = 0o600) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    file.chmod(mode)


def refused(file: Path) -> LlmSendError:
    """The refusal, having seen that it touched nothing."""
    before = {path.name: path.read_bytes() for path in file.parent.iterdir() if path.is_file()}
    with pytest.raises(LlmSendError) as caught:
        set_default_mode(file, "plan")
    assert {path.name: path.read_bytes() for path in file.parent.iterdir() if path.is_file()} == before
    assert caught.value.code == "settings"
    assert "Nothing was changed" in (caught.value.hint or "")
    return caught.value


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"HOME": "/h"}, "/h/.claude/settings.json"),
        ({"HOME": "/h", "CLAUDE_CONFIG_DIR": "/c d"}, "/c d/settings.json"),
        ({"HOME": "/h", "CLAUDE_CONFIG_DIR": ""}, "/h/.claude/settings.json"),
    ],
)
def test_the_file_is_where_claude_reads_it(environment: dict[str, str], expected: str) -> None:
    assert str(settings_file(environment)) == expected


def test_replaces_the_value_and_not_one_other_character(file: Path) -> None:
    write(file, PRETTY)
    change = set_default_mode(file, "plan")
    assert file.read_text() == PRETTY.replace('"acceptEdits"', '"plan"')
    assert change.previous == "acceptEdits"
    assert change.changed


def test_keeps_a_backup_of_what_was_there(file: Path) -> None:
    write(file, PRETTY, 0o640)
    backup = set_default_mode(file, "plan").backup
    assert backup is not None
    assert backup.parent == file.parent
    assert backup.read_text() == PRETTY
    assert stat.S_IMODE(backup.stat().st_mode) == 0o640


def test_changes_nothing_the_second_time(file: Path) -> None:
    write(file, PRETTY)
    backup = set_default_mode(file, "plan").backup
    assert backup is not None
    backup.unlink()
    before = file.stat()
    again = set_default_mode(file, "plan")
    assert again == Change(file, "plan", changed=False, backup=None)
    assert [path.name for path in file.parent.iterdir()] == ["settings.json"]
    assert file.stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{}", '{\n  "permissions": {\n    "defaultMode": "plan"\n  }\n}'),
        ('{"a": 1}', '{"a": 1, "permissions": {"defaultMode": "plan"}}'),
        ('{ "a": 1, "b": 2 }\n', '{ "a": 1, "b": 2, "permissions": {"defaultMode": "plan"} }\n'),
        (
            '{\n\t"a": "}",\n\t"b": 2\n}\n',
            '{\n\t"a": "}",\n\t"b": 2,\n\t"permissions": {\n\t\t"defaultMode": "plan"\n\t}\n}\n',
        ),
        (
            '{\r\n "permissions": {}\r\n}\r\n',
            '{\r\n "permissions": {\r\n  "defaultMode": "plan"\r\n }\r\n}\r\n',
        ),
        (
            '{\n  "permissions": {\n    "allow": [\n      "Bash"\n    ]\n  }\n}',
            '{\n  "permissions": {\n    "allow": [\n      "Bash"\n    ],\n    "defaultMode": "plan"\n  }\n}',
        ),
        (
            '{"permissions": {"defaultMode": "x"}, "permissions": {"defaultMode": "default"}}',
            '{"permissions": {"defaultMode": "x"}, "permissions": {"defaultMode": "plan"}}',
        ),
        ('{"permissions": {"defaultMode": null}}', '{"permissions": {"defaultMode": "plan"}}'),
        ('{"defaultMode":"x","b":2}', '{"defaultMode":"x","b":2,"permissions": {"defaultMode": "plan"}}'),
        ('\ufeff{"permissions":{"defaultMode":"x"}}', '\ufeff{"permissions":{"defaultMode":"plan"}}'),
        ("", '{\n  "permissions": {\n    "defaultMode": "plan"\n  }\n}\n'),
    ],
)
def test_merges_into_every_layout(file: Path, before: str, after: str) -> None:
    write(file, before)
    set_default_mode(file, "plan")
    assert file.read_bytes().decode() == after


def test_makes_the_file_for_the_person_alone(file: Path) -> None:
    change = set_default_mode(file, "plan")
    assert json.loads(file.read_text()) == {"permissions": {"defaultMode": "plan"}}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert (change.previous, change.backup) == (None, None)


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o660])
def test_keeps_the_files_mode(file: Path, mode: int) -> None:
    write(file, PRETTY, mode)
    set_default_mode(file, "plan")
    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "claude.json"
    write(real, PRETTY)
    file.parent.mkdir(parents=True)
    file.symlink_to("../../dotfiles/claude.json")
    set_default_mode(file, "plan")
    assert file.is_symlink()
    assert json.loads(real.read_text())["permissions"]["defaultMode"] == "plan"
    assert [path.name for path in real.parent.iterdir()] == ["claude.json"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{\n  "a": 1,\n}', "not valid JSON"),
        ('{"a": 1} // mine', "line 1, column 10"),
        ('{"a": NaN}', "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[]", "no JSON object"),
        (b'{"a": "\xff"}', "not UTF-8 (byte 8)"),
        ('{"permissions": []}', "“permissions”"),
    ],
)
def test_leaves_a_file_alone_that_it_cannot_read(file: Path, text: str | bytes, words: str) -> None:
    write(file, text)
    assert words in refused(file).message


def test_leaves_an_unreadable_file_alone(file: Path) -> None:
    write(file, PRETTY)
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("this account reads everything")
    with pytest.raises(LlmSendError, match="cannot be read: permission denied"):
        set_default_mode(file, "plan")


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o400, 0o700), (0o600, 0o500)])
def test_leaves_a_read_only_file_alone(file: Path, file_mode: int, folder_mode: int) -> None:
    write(file, PRETTY, file_mode)
    if os.access(file, os.W_OK) and file_mode == 0o400:
        pytest.skip("this account writes everything")
    file.parent.chmod(folder_mode)
    if folder_mode == 0o500 and os.access(file.parent, os.W_OK):
        pytest.skip("this account writes everything")
    assert "cannot be written" in refused(file).message
    file.parent.chmod(0o700)


def test_a_folder_in_its_place_is_said_to_be_one(file: Path) -> None:
    file.mkdir(parents=True)
    assert "is not a file" in refused(file).message
