"""Runs the benchmarks asked for and prints what they found, each against its budget."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from bench import burst, certainty, confine, history, hook, key, listing, send, split, stall, start
from bench.figures import Figure, table

OUT = Path(__file__).resolve().parent / "out"
Bench = Callable[[], list[Figure]]
BENCHES: dict[str, Bench] = {
    "start": start.measure,
    "key": key.measure,
    "stall": stall.measure,
    "hook": hook.measure,
    "send": send.measure,
    "certainty": certainty.measure,
    "split": split.measure,
    "burst": burst.measure,
    "list": listing.measure,
    "history": history.measure,
    "confine": confine.measure,
}


def main(names: Sequence[str], benches: Mapping[str, Bench] = BENCHES, out: Path = OUT) -> int:
    unknown = [name for name in names if name not in benches]
    if unknown:
        print(f"bench: there is no {unknown[0]!r}; there are {', '.join(benches)}", file=sys.stderr)
        return 2
    load = os.getloadavg()[0]
    if load > 0.5 * (os.cpu_count() or 1):
        print(f"The machine is busy (load {load:.1f}): times will be too long.", flush=True)
    figures = []
    for name in names or benches:
        print(f"{name}: {sys.modules[benches[name].__module__].__doc__} …", flush=True)
        figures += benches[name]()
    out.mkdir(exist_ok=True)
    results = [asdict(figure) | {"value": figure.value, "ok": figure.ok} for figure in figures]
    (out / "results.json").write_text(json.dumps({"load": load, "figures": results}, indent=1) + "\n")
    print(f"\n{table(figures)}\n\nas JSON: {out}/results.json")
    over = [f"{figure.bench} {figure.case}" for figure in figures if not figure.ok]
    if over:
        print(f"✗ over budget: {'; '.join(over)}", file=sys.stderr)
    return bool(over)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
