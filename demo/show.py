"""Without a terminal: sends a prompt in each mode by pressing Neovim's keys, and proves what became of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo import screen
from demo.ending import ACCOUNT, run
from demo.prompts import PROMPTS, Prompt, place_of
from demo.stage import Stage, opened
from llm_send.rules import normal
from offline.compare import user_texts
from offline.world import Programs
from tests.rig.wait import wait_until

OUT = Path(__file__).resolve().parent / "out"
COLUMNS, ROWS = 170, 50


@dataclass(frozen=True)
class Row:
    """One send: what the plugin said of it, and whether the model's log says the same."""

    prompt: Prompt
    result: dict[str, Any]
    arrived: list[str]

    @property
    def agrees(self) -> bool:
        """Delivered, in the mode asked for, and the model got this text once, byte for byte, and nothing else."""
        receipt = self.result.get("receipt") or {}
        right = self.result["outcome"] == "delivered" and receipt.get("permission_mode") == self.prompt.mode.claude
        return right and [normal(text).encode() for text in self.arrived] == [normal(self.prompt.text).encode()]

    def cells(self) -> list[str]:
        receipt, pane = self.result.get("receipt") or {}, self.result.get("pane") or {}
        length = len(self.prompt.text.encode())
        return [
            self.prompt.mode.value,
            " · ".join(filter(None, [self.result["outcome"], self.result.get("reason")])),
            pane.get("name") or "-",
            receipt.get("permission_mode") or "-",
            ", ".join(receipt.get("evidence", [])) or "-",
            f"{self.result.get('elapsed_ms', '-')} ms",
            f"{self.prompt.text.count(chr(10)) + 1} lines, {length} B".replace("1 lines", "1 line"),
            "✓ the same bytes" if self.agrees else f"✗ {self.arrived!r}",
        ]


TITLES = ["asked for", "outcome", "pane", "Claude took it in", "evidence", "took", "text", "the model got"]


def press(stage: Stage, prompt: Prompt) -> Row:
    """Select the prompt's lines and press its key; then what came of it."""
    before, arrived = len(stage.results()), len(user_texts(stage.world.model.log))
    first, last = place_of(prompt)
    stage.editor.type(f"{first}GV{last}G{prompt.key}")
    result = wait_until(lambda: stage.results()[before:], deadline=60, show=stage.editor.report)[0]
    # The model is asked right after the receipt: give it that moment, and no more than that if nothing is to come.
    if result["outcome"] == "delivered":
        wait_until(lambda: user_texts(stage.world.model.log)[arrived:], show=lambda: str(result))
    return Row(prompt, result, user_texts(stage.world.model.log)[arrived:])


def table(rows: list[Row]) -> str:
    cells = [TITLES, *(row.cells() for row in rows)]
    widths = [max(len(line[at]) for line in cells) for at in range(len(TITLES))]
    printed = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    ]
    return "\n".join([printed[0], "─" * max(map(len, printed)), *printed[1:]])


def show(programs: Programs) -> int:
    out = Path(sys.argv[4]) if len(sys.argv) > 4 else OUT
    out.mkdir(exist_ok=True)
    log = out / "model.jsonl"
    log.unlink(missing_ok=True)
    print("Starting tmux, Neovim and three Claudes …", flush=True)
    with opened(programs, COLUMNS, ROWS, log) as stage, screen.watching(stage, COLUMNS, ROWS) as watched:
        rows = [press(stage, prompt) for prompt in PROMPTS]
        screen.settle(watched, sum(bool(row.arrived) for row in rows))
        screen.save(watched, out)
    print(f"\n{table(rows)}\n")
    shown = out.relative_to(Path.cwd()) if out.is_relative_to(Path.cwd()) else out
    print(f"screen   {shown}/screen.png, screen.txt")
    print(f"log      {shown}/model.jsonl  (what the model was asked, as JSON lines)")
    wrong = [row for row in rows if not row.agrees]
    for row in wrong:
        said = " · ".join(filter(None, [row.result.get("message"), row.result.get("hint")]))
        print(f"\n✗ {row.prompt.mode.value}: not delivered once, whole and in its mode. {said}", file=sys.stderr)
    if wrong:
        return 1
    print(ACCOUNT)
    return 0


if __name__ == "__main__":
    run(show)
