"""On a terminal: opens the stage for a person to play on, and clears it away when they leave."""

from __future__ import annotations

import os
import shutil
import subprocess

from demo.ending import ACCOUNT, run
from demo.stage import opened
from offline.world import Programs


def play(programs: Programs) -> int:
    columns, rows = shutil.get_terminal_size()
    print("Starting tmux, Neovim and three Claudes … (nothing of yours is read or written)", flush=True)
    with opened(programs, columns, rows) as stage:
        outside = {name: value for name, value in os.environ.items() if name not in ("TMUX", "TMUX_PANE")}
        subprocess.run(stage.attach_command(), env=outside, check=False)
    print("Cleared away; nothing was kept.")
    print(ACCOUNT)
    return 0


if __name__ == "__main__":
    run(play)
