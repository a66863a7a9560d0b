"""Benchmark: mockgw beside bare uvicorn, in turn, on the same requests. Ratios are the result."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cases import CASES, Case
from servers import HERE, Server, bare, mockgw, pin, running

Figures = dict[str, Any]
RUN = "run"  # the case without a load
NAMES = (*CASES, RUN)
NOTHING = (sys.executable, "-c", "pass")


@dataclass(frozen=True, slots=True)
class Field:
    """The servers, and the size of the answer to each case."""

    servers: tuple[Server, ...]
    sizes: dict[str, int]
    time_scale: float


@contextmanager
def field(time_scale: float) -> Iterator[Field]:
    """Both servers, started; what mockgw answers first is what the bare one will always send."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = stack.enter_context(running("mockgw", mockgw(time_scale), folder))
        sizes = {name: (folder / name).write_bytes(answer(ours, case)) for name, case in CASES.items()}
        theirs = stack.enter_context(running("bare", bare(folder, time_scale), folder))
        yield Field((ours, theirs), sizes, time_scale)


def answer(server: Server, case: Case) -> bytes:
    """The body of one answer."""
    headers = {"content-type": "application/json", "x-api-key": "bench"}
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{case.path}", case.body(), headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        body: bytes = response.read()
    return body


def load(field: Field, server: Server, case: Case, *flags: object) -> Figures:
    """One run of the load on one server, with the CPU time that the server took for it."""
    command = [HERE / "load.py", case.name, server.port, field.sizes[case.name], *flags]
    before = server.cpu_seconds()
    generator = subprocess.Popen([sys.executable, *map(str, command)], stdout=subprocess.PIPE)
    pin(generator.pid, first=False)
    output, _ = generator.communicate()
    if generator.returncode:
        sys.exit(f"{server.name}: the load failed, so nothing was measured")
    figures: Figures = json.loads(output)
    return {**figures, "cpu_seconds": server.cpu_seconds() - before}


def throughput(field: Field, case: Case, *, rounds: int, seconds: float) -> Figures:
    """Answers per second of the server's CPU."""
    pairs = []
    for _ in range(rounds):
        measured = [load(field, server, case, "--seconds", seconds) for server in field.servers]
        pairs.append([figures["answers"] / figures["cpu_seconds"] for figures in measured])
    return {"case": case.name, "title": case.title, "request_bytes": len(case.body()), **compared(pairs)}


def compared(pairs: list[list[float]]) -> Figures:
    """Medians of both servers, and of their ratio within a round."""
    ratios = sorted(ours / theirs for ours, theirs in pairs)
    mockgw, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    spread = {"lowest": ratios[0], "highest": ratios[-1]}
    return {"mockgw": mockgw, "bare": bare, "ratio": statistics.median(ratios), **spread, "rounds": pairs}


def paced(field: Field, streams: int) -> Figures:
    """How late deltas come when there are so many streams, and what it costs."""
    flags = ("--streams", streams, "--time-scale", field.time_scale)
    result: Figures = {"case": "paced", "streams": streams}
    for server in field.servers:
        figures = load(field, server, CASES["paced"], *flags)
        result[server.name] = {
            "drift_ms": figures["drift_ms"],
            "cpu_share": figures["cpu_seconds"] / figures["seconds"],
        }
    ours, theirs = result["mockgw"], result["bare"]
    result["drift_p99_more_ms"] = ours["drift_ms"]["p99"] - theirs["drift_ms"]["p99"]
    result["cpu_ratio"] = ours["cpu_share"] / theirs["cpu_share"]
    return result


def beside_a_command(rounds: int) -> Figures:
    """How long `mockgw run` takes for a command that does nothing, beside Python when it only imports the server."""
    ours = (sys.executable, "-m", "mockgw", "run", str(HERE / "bench.yaml"), "--", *NOTHING)
    imports = (sys.executable, "-c", "import mockgw.server.runner")
    pairs, alone = [], []
    for _ in range(rounds):
        pairs.append([duration(ours), duration(imports)])
        alone.append(duration(NOTHING))
    more = min(ours for ours, _ in pairs) - min(alone)
    return {"case": RUN, **compared(pairs), "alone": statistics.median(alone), "more": more}


def duration(command: tuple[str, ...]) -> float:
    """Milliseconds from start to end."""
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return (time.perf_counter() - began) * 1000


def machine() -> Figures:
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"system": platform.platform(), "python": platform.python_version(), "cpus": cpus}


def throughput_row(row: Figures) -> str:
    title = f"{row['title']}, {size(row['request_bytes'])}" if not CASES[row["case"]].stream else row["title"]
    spread = f"({row['lowest']:.2f} to {row['highest']:.2f})"
    return f"{title:<32}{row['mockgw']:>10,.0f}{row['bare']:>10,.0f}{row['ratio']:>8.2f} x  {spread}"


def paced_rows(row: Figures) -> Iterator[str]:
    ours, theirs = row["mockgw"], row["bare"]
    lateness, shares = (ours["drift_ms"]["p99"], theirs["drift_ms"]["p99"]), (ours["cpu_share"], theirs["cpu_share"])
    streams = f"{row['streams']} streams"
    drifts = f"{lateness[0]:>7.1f} ms{lateness[1]:>7.1f} ms{row['drift_p99_more_ms']:>+8.1f} ms"
    yield f"{streams + ', drift at p99':<32}{drifts}"
    yield f"{streams + ', CPU':<32}{shares[0]:>10.0%}{shares[1]:>10.0%}{row['cpu_ratio']:>8.2f} x"


def run_row(row: Figures) -> str:
    spread = f"({row['lowest']:.2f} to {row['highest']:.2f}); {row['more']:+.0f} ms"
    times = f"{row['mockgw']:>7.0f} ms{row['bare']:>7.0f} ms{row['ratio']:>8.2f} x"
    return f"{'a command that does nothing':<32}{times}  {spread}"


def size(size_bytes: int) -> str:
    return f"{size_bytes} B" if size_bytes < 1000 else f"{size_bytes / 1000:.0f} kB"


def header(title: str, ours: str = "mockgw", theirs: str = "bare") -> str:
    return f"\n{title:<32}{ours:>10}{theirs:>10}{f'{ours} / {theirs}':>16}"


def measure(flags: argparse.Namespace) -> Figures:
    """Run what was asked for, and print each row as soon as it is known."""
    results: Figures = {"machine": machine(), "run": [], "throughput": [], "paced": []}
    if RUN in flags.only:
        print(header("Until it has ended", "run", "imports"), flush=True)
        results["run"].append(beside_a_command(flags.rounds))
        print(run_row(results["run"][-1]), flush=True)
    if chosen := [CASES[name] for name in flags.only if name in CASES]:
        under_load(flags, chosen, results)
    return results


def under_load(flags: argparse.Namespace, chosen: list[Case], results: Figures) -> None:
    """The cases that both servers answer."""
    with field(flags.time_scale) as servers:
        quick = [case for case in chosen if not case.paced]
        if quick:
            print(header("Answers per second of CPU"), flush=True)
        for case in quick:
            results["throughput"].append(throughput(servers, case, rounds=flags.rounds, seconds=flags.seconds))
            print(throughput_row(results["throughput"][-1]), flush=True)
        if CASES["paced"] in chosen:
            print(header(CASES["paced"].title), flush=True)
            for streams in flags.streams:
                results["paced"].append(paced(servers, streams))
                print(*paced_rows(results["paced"][-1]), sep="\n", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--only", type=names, default=list(NAMES), help=f"some of {','.join(NAMES)}", metavar="CASE,…")
    parser.add_argument("--rounds", type=int, default=3, help="how often each server has its turn (paced: once)")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long a turn is (paced: as long as it takes)")
    parser.add_argument("--streams", type=counts, default=[100, 500], help="paced streams at once", metavar="N,…")
    parser.add_argument("--time-scale", type=float, default=1.0, help="scales the time between paced deltas")
    parser.add_argument("--json", type=Path, help="write all figures to this file", metavar="FILE")
    return parser.parse_args()


def names(text: str) -> list[str]:
    unknown = set(text.split(",")) - set(NAMES)
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown case {min(unknown)!r}; there are {', '.join(NAMES)}")
    return [name for name in NAMES if name in text.split(",")]


def counts(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def main() -> None:
    flags = arguments()
    results = measure(flags)
    if flags.json:
        flags.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
