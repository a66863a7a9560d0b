"""Measures: how each line of the table comes about. Servers take turns; what is compared stands in one round."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import servers
from cases import CASES, LARGE, PACED, SMALL, STEP, STREAM, TRANSCRIPTS, Case
from servers import HERE, Program, Server, all_running, looked_at, pin, running
from table import OURS, AtLeast, AtMost, Below, LittleMore, Round, Row

SCENARIO = HERE / "bench.yaml"
LOOK = 0.05  # seconds between looks at a server's memory
WARMING = 2  # turns that a server has before its first turn counts
SETTLED = 0.3  # seconds after its first answer in which a server has come to rest
CROWD_SLOWER = 10.0  # so many times slower than the paced streams the crowd is, so that it is as many deltas per second
NOTHING = (sys.executable, "-c", "pass")
DELTA_TEXT = re.compile(rb'"text_delta","text":("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True, slots=True)
class Bench:
    """What is compared, how long and how often; its folder has the requests, and what mockgw answers to them."""

    programs: Sequence[Program]
    folder: Path
    rounds: int
    seconds: float
    streams: int
    crowd: int
    rules: int
    time_scale: float

    @property
    def ours(self) -> Program:
        return self.programs[0]

    def size(self, case: Case, server: str) -> int | None:
        """The size of an answer, where it is known."""
        answer = self.folder / f"{case.name}.answer"
        return answer.stat().st_size if server != "aimock" and answer.is_file() else None


def prepare(folder: Path) -> dict[str, str]:
    """Write every request, and what mockgw answers; the texts of the answers."""
    for case in (*CASES, *TRANSCRIPTS):
        (folder / f"{case.name}.request").write_bytes(case.request())
    with running(servers.mockgw(SCENARIO, 0.0)) as server:
        answers = {case.name: server.answer(case) for case in CASES}
    for name, answer in answers.items():
        (folder / f"{name}.answer").write_bytes(answer)
    return {case.name: _text(case, answers[case.name]) for case in CASES}


def _text(case: Case, answer: bytes) -> str:
    if case.deltas:
        return "".join(json.loads(text) for text in DELTA_TEXT.findall(answer))
    return str(json.loads(answer)["content"][0]["text"])


def load(bench: Bench, server: Server, case: Case, *flags: object) -> dict[str, Any]:
    """One run of the load on one server, with the CPU time that it took for it, and its memory at most."""
    size = bench.size(case, server.name)
    expected = ("--deltas", case.deltas, *(("--size", size) if size else ()))
    command = [HERE / "load.py", server.port, bench.folder / f"{case.name}.request", *expected, *flags]
    before = server.cpu_seconds()
    generator = subprocess.Popen([sys.executable, *map(str, command)], stdout=subprocess.PIPE)
    pin(generator.pid, first=False)
    memory = server.memory_bytes()
    while generator.poll() is None:
        memory = max(memory, server.memory_bytes())
        time.sleep(LOOK)
    if generator.returncode:
        sys.exit(f"{server.name}: the load failed, so nothing was measured")
    assert generator.stdout
    with generator.stdout as output:
        figures: dict[str, Any] = json.load(output)
    return {**figures, "cpu_seconds": server.cpu_seconds() - before, "memory_bytes": memory}


def answers_per_second(bench: Bench, server: Server, case: Case) -> float:
    """Of the server's CPU, not of the clock."""
    figures = load(bench, server, case, "--seconds", bench.seconds)
    return float(figures["answers"] / figures["cpu_seconds"])


def warm(bench: Bench, server: Server, case: Case) -> None:
    """Let a server answer for a while before it is measured: what compiles as it runs is slow at first."""
    load(bench, server, case, "--seconds", WARMING * bench.seconds)


def throughput(bench: Bench, case: Case, *goals: Any) -> Row:
    """Answers per second of the server's CPU to 32 clients that ask again at once."""
    title = f"{case.title}, per second of CPU"
    with all_running(bench.programs) as started:
        for server in started:
            warm(bench, server, case)
        rounds = [{one.name: answers_per_second(bench, one, case) for one in started} for _ in range(bench.rounds)]
    return Row(case.name, title, "/s", rounds, goals)


def small(bench: Bench) -> Iterator[Row]:
    yield throughput(bench, SMALL, AtLeast(2, "aimock"), AtLeast(0.6, "bare"))


def large(bench: Bench) -> Iterator[Row]:
    yield throughput(bench, LARGE, AtLeast(5, "aimock"))


def stream(bench: Bench) -> Iterator[Row]:
    yield throughput(bench, STREAM, AtLeast(4, "aimock"))


def paced(bench: Bench) -> Iterator[Row]:
    """How late deltas come when there are many streams, and what it costs servers that have just begun."""
    flags = ("--streams", bench.streams, "--step", STEP * bench.time_scale, "--ramp", bench.time_scale)
    rounds = []
    for _ in range(bench.rounds):
        with all_running(bench.programs) as started:
            rounds.append({one.name: load(bench, one, PACED, *flags) for one in started})

    def each(read: Callable[[dict[str, Any]], float]) -> list[Round]:
        return [{name: read(figures) for name, figures in one.items()} for one in rounds]

    drift = each(lambda figures: figures["drift_ms"]["p99"])
    yield Row("paced", f"{bench.streams:,} streams, drift at p99", "ms", drift, (LittleMore(5.0, "bare"),))
    cpu = each(lambda figures: figures["cpu_seconds"])
    yield Row(
        "paced",
        f"{bench.streams:,} streams, CPU time",
        "ms",
        [_times(one, 1000) for one in cpu],
        (AtMost(1.3, "bare"),),
    )
    memory = each(lambda figures: float(figures["memory_bytes"]))
    yield Row("paced", f"{bench.streams:,} streams, memory", "MB", memory, (Below(70e6),))


def _times(figures: Round, factor: float) -> Round:
    return {name: figure * factor for name, figure in figures.items()}


def crowd(bench: Bench) -> Iterator[Row]:
    """Very many streams at once, all of which have to end well; what each takes of the memory."""
    scale = bench.time_scale * CROWD_SLOWER
    flags = ("--streams", bench.crowd, "--step", STEP * scale, "--ramp", scale)
    with running(servers.mockgw(SCENARIO, scale)) as server:
        time.sleep(SETTLED)
        before = server.memory_bytes()
        figures = load(bench, server, PACED, *flags)
    each = (figures["memory_bytes"] - before) / bench.crowd
    yield Row("crowd", f"{bench.crowd:,} streams, all whole, memory of each", "kB", [{OURS: each}], (Below(30e3),))
    yield Row("crowd", f"{bench.crowd:,} streams, drift at p99", "ms", [{OURS: figures["drift_ms"]["p99"]}])


def start(bench: Bench) -> Iterator[Row]:
    """From the command until the first 200, on any CPU; and the memory of a server that has come to rest."""
    times: list[Round] = []
    memory: list[Round] = []
    for _ in range(bench.rounds):
        began = [_started(program) for program in bench.programs]
        times.append(
            {program.name: seconds * 1000 for program, (seconds, _) in zip(bench.programs, began, strict=True)}
        )
        memory.append({program.name: float(size) for program, (_, size) in zip(bench.programs, began, strict=True)})
    yield Row("start", "start to first 200", "ms", times, (AtMost(1.3, "aimock"),))
    yield Row("start", "memory, idle", "MB", memory, (Below(50e6),))


def _started(program: Program) -> tuple[float, int]:
    began = time.perf_counter()
    with running(program, pinned=False) as server:
        seconds = time.perf_counter() - began
        time.sleep(SETTLED)
        return seconds, server.memory_bytes()


def rules(bench: Bench) -> Iterator[Row]:
    """The time of a request that the last of so many rules answers, beside that of a scenario with this rule only."""
    programs = [servers.mockgw(_with_rules(bench.folder, count), 1.0) for count in (1, bench.rules)]
    with all_running(programs) as (one, many):
        warm(bench, many, SMALL)
        pairs = [[answers_per_second(bench, server, SMALL) for server in (one, many)] for _ in range(bench.rounds)]
    slower = [{OURS: few / many} for few, many in pairs]
    yield Row("rules", f"time per request, {bench.rules:,} rules / 1 rule", "x", slower, (Below(2.0),))


def _with_rules(folder: Path, count: int) -> Path:
    """The scenario of the benchmark behind so many rules, less one, that match other prompts."""
    others = [f"  - {{match: {{prompt: question {number}}}, text: answer {number}}}" for number in range(count - 1)]
    first, last = SCENARIO.read_text(encoding="utf-8").split("rules:\n")
    path = folder / f"rules-{count}.yaml"
    path.write_text("\n".join([f"{first}rules:", *others, last]), encoding="utf-8")
    return path


def transcript(bench: Bench) -> Iterator[Row]:
    """The time for a byte of a transcript of 1,000 messages, beside that of 100: more than 1 would be no line."""
    rounds = []
    few, many = TRANSCRIPTS
    per_byte = len(few.request()) / len(many.request())
    with running(bench.ours) as server:
        warm(bench, server, many)
        for _ in range(bench.rounds):
            times = [1 / answers_per_second(bench, server, case) for case in TRANSCRIPTS]
            rounds.append({OURS: times[1] / times[0] * per_byte})
    yield Row("transcript", "time per byte, 1,000 messages / 100", "x", rounds, (Below(1.2),))


def console(bench: Bench) -> Iterator[Row]:
    """The time of a request to a server whose console is open, beside that to one where nobody looks."""
    rounds = []
    with all_running((bench.ours, bench.ours)) as (alone, watched), looked_at(watched):
        for server in (alone, watched):
            warm(bench, server, SMALL)
        for _ in range(bench.rounds):
            quiet, shown = (answers_per_second(bench, server, SMALL) for server in (alone, watched))
            rounds.append({OURS: quiet / shown})
    yield Row("console", "time per request, console open / closed", "x", rounds, (Below(1.1),))


def beside_a_command(bench: Bench) -> Iterator[Row]:
    """How much longer a command takes that does nothing when `mockgw run` runs it; beside it, Python that only
    imports the server."""
    run = (sys.executable, "-m", "mockgw", "run", str(SCENARIO), "--", *NOTHING)
    imports = (sys.executable, "-c", "import mockgw.server.runner")
    rounds = [{OURS: _duration(run), "imports": _duration(imports)} for _ in range(bench.rounds)]
    yield Row("run", "`mockgw run` of a command that does nothing", "ms", rounds)


def _duration(command: tuple[str, ...]) -> float:
    """Milliseconds from start to end."""
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return (time.perf_counter() - began) * 1000


MEASURES: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "small": small,
    "large": large,
    "stream": stream,
    "paced": paced,
    "crowd": crowd,
    "start": start,
    "rules": rules,
    "transcript": transcript,
    "console": console,
    "run": beside_a_command,
}
