"""What is found in an agent's words: directives, and what was meant as one but is not well formed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from llm_send.claude.invisible import DIRECTION, HIDDEN

Verb = Literal["spawn", "set-config", "send", "close"]
BEGINNING = 200  # characters of a malformed directive that are shown
BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000"  # that are not the blank
UNSHOWN = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{BLANKS}{DIRECTION}{HIDDEN}]")


@dataclass(frozen=True)
class Directive:
    """`attributes` by name in small letters, "" for one without a value; `body` as it stands between the two tags."""

    verb: Verb
    attributes: Mapping[str, str]
    body: str | None


@dataclass(frozen=True)
class Malformed:
    """`text`: its beginning, fit to be shown; `why`: one sentence for a person."""

    text: str
    why: str


Found = Directive | Malformed


def malformed(text: str, why: str) -> Malformed:
    shown = re.sub(r"[\t\n]", " ", text[:BEGINNING])
    return Malformed(UNSHOWN.sub("\ufffd", shown), why)
