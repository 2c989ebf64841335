"""The hazard table as it is read: in the terminal, row by row, and as a page of the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tests.hazards.case import Case
from tests.hazards.row import Row

GREEN, YELLOW, RED, DIM, PLAIN = (f"\x1b[{code}m" for code in (32, 33, 31, 2, 0))
HEAD = """\
# The hazard table

What a prompt meets on its way into the real Claude Code, and what becomes of it: sent by llm-send, and by a plain
paste-and-Enter in one call of tmux. What arrived is judged by the raw requests that the model's stand-in received
(`offline/compare.py`). This page is made by the program: `make hazards`.

✓ all is well: the text arrived once and whole, or it was refused and nothing happened · ✗ it was lost, merged or
altered, or something was done that nobody asked for · – this version cannot be brought there; the reasons stand below
"""
Played = Mapping[str, Mapping[str, tuple[Row, Row]]]
"""By version and case: ours and the blind sender's."""


def missing(case: Case, version: str, row: Row) -> str | None:
    """Why this version has no such situation, if it is known and it was so."""
    return case.not_in.get(version) if not row.brought else None


def wrong(case: Case, version: str, row: Row) -> bool:
    """Whether ours is red: a loss, a merge, a double, something unasked, or a case that was not played at all."""
    return not row.harmless or (not row.brought and version not in case.not_in)


def line(case: Case, version: str, ours: Row, blind: Row, *, colour: bool) -> str:
    """One row for the terminal."""
    if reason := missing(case, version, ours):
        return _in(DIM, f"– {case.name:24} not in this version: {reason}", colour)
    marks = _in(RED, "✗", colour) if wrong(case, version, ours) else _in(GREEN, "✓", colour)
    shade = RED if wrong(case, version, ours) else PLAIN if ours.outcome in case.want else YELLOW
    told = _in(shade, f"{ours.outcome:26} {_log(ours):22}", colour)
    beside = _in(DIM, "not brought", colour) if not blind.brought else _blind(blind, colour)
    return f"{marks} {case.name:24} {told} │ {beside}"


def _log(row: Row) -> str:
    return "; ".join([row.log, *row.harm]) if row.brought else "could not be brought there"


def _blind(row: Row, colour: bool) -> str:  # noqa: FBT001
    if row.harmless:
        return f"{_in(GREEN, '✓', colour)} {row.log}"
    return f"{_in(RED, '✗', colour)} " + _in(RED, "; ".join([*([row.fault] if row.fault else []), *row.harm]), colour)


def _in(shade: str, text: str, colour: bool) -> str:  # noqa: FBT001
    return f"{shade}{text}{PLAIN}" if colour else text


def figures(cases: Mapping[str, Case], version: str, rows: Mapping[str, tuple[Row, Row]]) -> tuple[str, str]:
    """What it comes to in one version: ours, the blind sender's."""
    there = {name: pair for name, pair in rows.items() if not missing(cases[name], version, pair[0])}
    ours = [(cases[name], pair[0]) for name, pair in there.items()]
    red = sum(wrong(case, version, row) for case, row in ours)
    ends = [sum(row.outcome.startswith(end) for _, row in ours) for end in ("delivered", "refused")]
    first = (
        f"{len(ours)} situations: {len(ours) - red} right, {red} wrong; "
        f"{ends[0]} delivered, {ends[1]} refused, {len(ours) - sum(ends)} otherwise; "
        f"{len(rows) - len(ours)} not in this version"
    )
    blind = [pair[1] for pair in there.values() if pair[1].brought]
    harm = sum(bool(row.harm) for row in blind)
    lost = sum(bool(row.fault) and not row.harm for row in blind)
    return first, f"{len(blind)} situations: {len(blind) - harm - lost} right, {lost} lost or altered, {harm} harm"


def page(groups: Mapping[str, Sequence[Case]], played: Played) -> str:
    """doc/hazards.md"""
    cases = {case.name: case for group in groups.values() for case in group}
    versions = list(played)
    lines = [HEAD, "| Claude Code | llm-send | paste and Enter |", "|---|---|---|"]
    for version in versions:
        ours, blind = figures(cases, version, played[version])
        lines.append(f"| {version} | {ours} | {blind} |")
    for name, group in groups.items():
        lines += ["", f"## {name.capitalize()}", "", _row("case", "what is there", *_twice(versions))]
        lines.append("|" + "---|" * (2 + 2 * len(versions)))
        lines += [_case(case, played) for case in group]
    reasons = [
        f"- {case.name}, {version}: {reason}"
        for case in cases.values()
        for version in versions
        if (pair := played[version].get(case.name)) and (reason := missing(case, version, pair[0]))
    ]
    if reasons:
        lines += ["", "## Not in this version", "", *reasons]
    return "\n".join(lines) + "\n"


def _twice(versions: Iterable[str]) -> list[str]:
    return [head for version in versions for head in (version, f"blind {version}")]


def _case(case: Case, played: Played) -> str:
    cells = []
    for version, rows in played.items():
        if case.name not in rows:
            cells += ["not played", "not played"]
            continue
        ours, blind = rows[case.name]
        if missing(case, version, ours):
            cells += ["–", "–"]
            continue
        cells.append(f"{'✗' if wrong(case, version, ours) else '✓'} {ours.outcome}: {_log(ours)}")
        cells.append("–" if not blind.brought else _blind(blind, colour=False))
    return _row(case.name, case.sees, *cells)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
