"""What the demo sends: one text for each mode, and the file they stand in."""

from __future__ import annotations

from dataclasses import dataclass

from llm_send.modes import Mode


@dataclass(frozen=True)
class Prompt:
    """`key` is what a person presses on the selected lines."""

    mode: Mode
    key: str
    text: str


PROMPTS = (
    Prompt(Mode.NORMAL, r"\lsn", "Which of these functions would you test first, and why?"),
    Prompt(
        Mode.PLAN,
        r"\lsp",
        "Plan how to speed up “Σ naïve” for a café’s 10⁶ receipts → change nothing yet:\n"
        "\tfor receipt in receipts:\n"
        "\t\ttotal += sum(line.price × line.count for line in receipt)  # ½ of the time",
    ),
    Prompt(
        Mode.AUTO_ACCEPT,
        r"\lsa",
        "Rename the parameters to whole words, everywhere:\n"
        + "\n".join(f"  {number}. def area_{number}(w, h): return w * h * {number}" for number in range(1, 13)),
    ),
)

OPENING = (
    r"Real Neovim, tmux and Claude Code; the model is a stand-in and says little.",
    r"Select lines with V, then press one of these. In normal mode: all lines.",
    r"    \lsn  normal     \lsp  plan     \lsa  auto-accept",
    r"Try: Shift+Tab in a Claude, then a send: it is brought back to its mode.",
    r"Try: a prompt with [[slow 9]] in it, then another: it waits for its turn.",
    r"All there is:  :LlmSend <Tab>   :help llm-send",
    "",
)


def lines() -> list[str]:
    """The file a person works in."""
    blocks = [[f"── {prompt.mode.value}: {prompt.key}", *prompt.text.split("\n"), ""] for prompt in PROMPTS]
    return [*OPENING, *(line for block in blocks for line in block)]


def place_of(prompt: Prompt) -> tuple[int, int]:
    """The first and the last line of a prompt in that file, from 1."""
    wanted = prompt.text.split("\n")
    first = next(at for at in range(len(lines())) if lines()[at : at + len(wanted)] == wanted)
    return first + 1, first + len(wanted)
