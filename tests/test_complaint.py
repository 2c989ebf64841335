"""What Claude says of a settings file that it does not accept."""

from __future__ import annotations

from pathlib import Path

from llm_send.claude.complaint import complaint

OURS = Path("/home/me/.local/state/llm-send/panes/0a1b/settings.json")
DIALOG = """
  Settings Error

  /home/me/.claude/settings.json
  └ model: Expected string, but received number

  /home/me/.local/state/llm-send/pan
  es/0a1b/settings.json
  ├ permissions.allow: Expected array, but received number
    Permission rules must be in an array. Format: ["Tool(specifier)"].
    Learn more: https://code.claude.com/docs/en/iam
  └ statusLine.type: Invalid value. Expected one of: "command"

  Files with errors are skipped entirely, not just the invalid settings.

  ❯ 1. Fix with Claude
"""


def test_of_each_setting_the_first_row() -> None:
    assert complaint(DIALOG.splitlines(), OURS) == [
        "permissions.allow: Expected array, but received number",
        'statusLine.type: Invalid value. Expected one of: "command"',
    ]


def test_what_is_about_another_file() -> None:
    assert complaint(DIALOG.splitlines(), OURS.with_name("other.json")) == []


def test_a_warning_is_one_too() -> None:
    assert complaint(DIALOG.replace("Error", "Warning").splitlines(), OURS)


def test_another_dialog() -> None:
    assert complaint(["  Do you trust the files in this folder?", f"  {OURS}", "  └ x: y"], OURS) == []
