"""Lines for people: sentences, tables, and what keeps both from steering the terminal."""

from collections.abc import Sequence


def sentence(sign: str, message: str, hint: str | None) -> str:
    """`✓ Sent to Claude (Plan Mode) · Pane: claude-plan`."""
    return printable(f"{sign} {message.removesuffix('.')} · {hint}" if hint else f"{sign} {message}")


def printable(text: str) -> str:
    """Names and paths may hold anything; nothing of it may steer the terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Its columns aligned."""
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_padded(*cell) for cell in zip(row, widths, strict=True)).rstrip() for row in rows]


def columns(text: str) -> int:
    """How many cells of a terminal the text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - columns(text))


def clip(text: str, width: int) -> str:
    """The text in so many cells of a terminal, with a … where some of it is missing."""
    if columns(text) <= width:
        return text
    kept = text[: width - 1]
    while columns(kept) > width - 1:
        kept = kept[:-1]
    return f"{kept}…"
