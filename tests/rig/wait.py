"""The only waiting there is in tests: look again until it is so, or fail saying what was seen last."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

INTERVAL = 0.02
PATIENCE = float(os.environ.get("LLM_SEND_TEST_PATIENCE", "1"))
"""How many times longer to wait before it is too late, on a machine that has much else to do."""


def wait_until(condition: Callable[[], T], deadline: float = 10.0, show: Callable[[], str] | None = None) -> T:
    """The first truthy value of `condition`, asked for at most `deadline` seconds.

    Too late: fails with the last value and, beneath it, whatever `show` (a screen, a log) says then.
    """
    end = time.monotonic() + deadline * PATIENCE
    while True:
        late = time.monotonic() >= end
        if value := condition():
            return value
        if late:  # looked once more after the deadline: a busy machine is not a failure
            seen = f"\n{show()}" if show else ""
            raise AssertionError(f"not so after {deadline * PATIENCE:g} s; last value: {value!r}{seen}")
        time.sleep(INTERVAL)
