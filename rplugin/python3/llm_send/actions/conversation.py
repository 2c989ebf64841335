"""The conversation that a pane's Claude is in."""

from __future__ import annotations

from llm_send.live import LivePane


def conversation(live: LivePane) -> str | None:
    """Its session id, by which Claude Code resumes it; None where nothing has been said yet."""
    live.mark()
    transcript = live.baseline.transcript
    return transcript.stem if transcript and transcript.is_file() else None
