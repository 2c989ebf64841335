"""Plays the hazard table and prints it; see tests/hazards/run.

--claude VERSION…  with these versions of Claude Code (2.1.329 2.1.257 2.1.32)
--groups NAME…     only these groups of cases
--only CASE…       only these cases
--loud             with the end of the screen of each row that is not as it should be
--plant FAULT      lost, merged or doubled: put into a copy of the log of one row, which must turn red
--page             write what was played last, kept under tests/hazards/out, to doc/hazards.md in the end
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from offline.world import REPOSITORY
from tests.hazards import report
from tests.hazards.case import Case
from tests.hazards.house import play_all
from tests.hazards.plant import PLANTS, with_fault
from tests.hazards.row import Row
from tests.hazards.table import CASES, GROUPS, LANES, VERSIONS, named
from tests.rig import guard

OUT = REPOSITORY / "tests/hazards/out"
PAGE = REPOSITORY / "doc/hazards.md"
PLANTED = "eight in a row"
"""The row in whose log faults are planted, to see that they turn it red. Many texts went out in it."""


def main(arguments: Sequence[str]) -> int:
    asked = _parsed(arguments)
    guard.check()
    colour = sys.stdout.isatty() or "FORCE_COLOR" in os.environ
    red = 0
    for version in asked.claude:
        print(f"\nClaude Code {version}: llm-send │ paste and Enter", flush=True)
        for group in asked.groups:
            cases = [case for case in GROUPS[group] if not asked.only or case.name in asked.only]
            red += played(group, cases, version, colour=colour, loud=asked.loud, plant=asked.plant) if cases else 0
    results = kept()
    for version in asked.claude:
        ours, blind = report.figures(CASES, version, results[version])
        print(f"\n{version}  llm-send         {ours}\n{'':{len(version)}}  paste and Enter  {blind}")
    if asked.page:
        PAGE.write_text(report.page(GROUPS, results))
    return int(red > 0)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("hazards", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--claude", nargs="+", default=VERSIONS)
    parser.add_argument("--groups", nargs="*", default=list(GROUPS))
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--loud", action="store_true")
    parser.add_argument("--plant", choices=sorted(PLANTS))
    parser.add_argument("--page", action="store_true")
    return parser.parse_args(arguments)


def played(
    group: str, cases: Sequence[Case], version: str, *, colour: bool, loud: bool, plant: str | None = None
) -> int:
    """One group with both senders, printed and kept; how many rows are red."""
    red, faults = 0, list[Row]()

    def told(row: Row, log: Path) -> None:
        nonlocal red
        if row.case == PLANTED and row.who == "ours" and row.harmless:
            red += tried(row, log)
            if plant:
                with tempfile.TemporaryDirectory() as work:
                    faults.append(with_fault(row, log, plant, Path(work)))

    programs, began = named(group, version), time.monotonic()
    ours = play_all(cases, programs, "ours", lanes=LANES[group], told=told)
    ours = [next((each for each in faults if each.case == row.case), row) for row in ours]
    between = time.monotonic()
    blind = play_all(cases, programs, "blind", lanes=LANES[group])
    for case, one, other in zip(cases, ours, blind, strict=True):
        print(report.line(case, version, one, other, colour=colour), flush=True)
        is_wrong = report.wrong(case, version, one)
        red += is_wrong
        if loud and (is_wrong or one.outcome not in case.want or not other.brought):
            print(_seen(one if is_wrong or one.outcome not in case.want else other), flush=True)
    print(f"  {group}: {between - began:.0f} s, blind {time.monotonic() - between:.0f} s", flush=True)
    if not plant:
        keep(version, dict(zip((case.name for case in cases), zip(ours, blind, strict=True), strict=True)))
    return red


def _seen(row: Row) -> str:
    shown = [f"    shown: {text[:200]!r}" for text in row.shown]
    return "\n".join([*shown, *(f"    {each}" for each in row.said.splitlines() if each.strip(" │"))][-24:])


def tried(row: Row, log: Path) -> int:
    """Each fault planted in a copy of this row's log must turn it red; how many do not."""
    unseen = 0
    print("  faults planted in copies of the log:")
    for fault in PLANTS:
        with tempfile.TemporaryDirectory() as work:
            planted = with_fault(row, log, fault, Path(work))
        print(f"    {fault}: {'✗ ' + planted.fault if planted.fault else 'NOT SEEN'}", flush=True)
        unseen += planted.harmless
    return unseen


def keep(version: str, rows: dict[str, tuple[Row, Row]]) -> None:
    """Beside what is kept of other cases."""
    OUT.mkdir(exist_ok=True)
    file = OUT / f"{version}.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    new = {name: [_short(row) for row in pair] for name, pair in rows.items()}
    file.write_text(json.dumps(known | new, indent=1, ensure_ascii=False))


def _short(row: Row) -> dict[str, object]:
    """Without the texts: some are long."""
    return asdict(row) | {"sent": [], "maybe": [], "shown": []}


def kept() -> dict[str, dict[str, tuple[Row, Row]]]:
    """What was played last, by version and case."""
    found: dict[str, dict[str, tuple[Row, Row]]] = {}
    for version in VERSIONS:
        file = OUT / f"{version}.json"
        rows = json.loads(file.read_text()) if file.exists() else {}
        found[version] = {name: (_row(ours), _row(blind)) for name, (ours, blind) in rows.items() if name in CASES}
    return found


def _row(said: dict[str, object]) -> Row:
    """Lists of JSON are tuples again."""
    return Row(**{name: tuple(each) if isinstance(each, list) else each for name, each in said.items()})  # type: ignore[arg-type]


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # a sender that hangs must not keep it
