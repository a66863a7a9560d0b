"""Benchmark: mockgw beside bare uvicorn and aimock, in turn, on the same requests. Ratios are the result."""

import argparse
import json
import os
import platform
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import peers
import servers
import table
from measures import MEASURES, SCENARIO, Bench, prepare
from table import Row

PROJECT = Path(__file__).parent.parent
PAGES = (PROJECT / "README.md", PROJECT / "benchmarks" / "README.md")
MARKED = re.compile(r"(<!-- benchmark: ([\w,]+) -->\n).*?(<!-- end -->)", re.DOTALL)
LEFT_OUT = "aimock is left out: `make peers` installs it (it needs Node.js)"


def measure(flags: argparse.Namespace, folder: Path) -> tuple[Bench, list[Row]]:
    """Measure what was asked for, and print each row as soon as it is known."""
    bench = compared(flags, folder)
    names = [program.name for program in bench.programs]
    print(*table.header(names), sep="\n", flush=True)
    rows: list[Row] = []
    for name in flags.only:
        for row in MEASURES[name](bench):
            rows.append(row)
            print(table.line(row, names), flush=True)
    return bench, rows


def compared(flags: argparse.Namespace, folder: Path) -> Bench:
    """Bare uvicorn sends what mockgw answered first, and aimock says the same texts."""
    texts = prepare(folder)
    programs = [servers.mockgw(SCENARIO, flags.time_scale), servers.bare(folder, flags.time_scale)]
    if aimock := peers.aimock(flags.peers, folder, texts, flags.time_scale):
        programs.append(aimock)
    else:
        print(LEFT_OUT, file=sys.stderr)
    sizes = {name: getattr(flags, name) for name in ("rounds", "seconds", "streams", "crowd", "rules", "time_scale")}
    return Bench(programs, folder, **sizes)


def machine() -> dict[str, Any]:
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"system": platform.platform(), "python": platform.python_version(), "cpus": cpus, "cpu": processor()}


def processor() -> str:
    """What the CPU calls itself, where the system tells."""
    told = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", told.read_text(encoding="utf-8")) if told.is_file() else None
    return found[1] if found else platform.machine()


def write(page: Path, rows: Sequence[Row], names: Sequence[str]) -> None:
    """Put the rows into a page, between the marks that name their cases, with the machine below."""
    told = machine()
    below = f"Measured on {told['cpus']} CPUs ({told['cpu']}), {told['system']}, Python {told['python']}."

    def written(marks: re.Match[str]) -> str:
        chosen = [table.line(row, names) for row in rows if row.case in marks[2].split(",")]
        return "\n".join([marks[1].rstrip(), *table.header(names), *chosen, "", below, marks[3]])

    page.write_text(MARKED.sub(written, page.read_text(encoding="utf-8")), encoding="utf-8")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    every = list(MEASURES)
    parser.add_argument("--only", type=names, default=every, help=f"some of {','.join(every)}", metavar="CASE,…")
    parser.add_argument("--rounds", type=int, default=5, help="how often each server has its turn")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long a turn is (paced: as long as it takes)")
    parser.add_argument("--streams", type=int, default=500, help="paced streams at once")
    parser.add_argument("--crowd", type=int, default=5000, help="streams of the crowd")
    parser.add_argument("--rules", type=int, default=10_000, help="rules of the large scenario")
    parser.add_argument("--time-scale", type=float, default=1.0, help="scales the time between paced deltas")
    parser.add_argument("--peers", type=Path, default=peers.FOLDER, help="where aimock is installed", metavar="FOLDER")
    parser.add_argument("--json", type=Path, help="write all figures to this file", metavar="FILE")
    parser.add_argument("--write", action="store_true", help="write the tables of the two READMEs anew")
    flags = parser.parse_args()
    if flags.write and flags.only != every:
        parser.error("--write wants all cases")
    return flags


def names(text: str) -> list[str]:
    unknown = set(text.split(",")) - MEASURES.keys()
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown case {min(unknown)!r}; there are {', '.join(MEASURES)}")
    return [name for name in MEASURES if name in text.split(",")]


def main() -> None:
    flags = arguments()
    with tempfile.TemporaryDirectory() as folder:
        bench, rows = measure(flags, Path(folder))
    if flags.json:
        results = {"machine": machine(), "rows": [row.plain() for row in rows]}
        flags.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    if flags.write:
        for page in PAGES:
            write(page, rows, [program.name for program in bench.programs])


if __name__ == "__main__":
    main()
