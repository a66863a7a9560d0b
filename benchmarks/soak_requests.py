"""Soak test of requests: mutants of real ones, a hundred thousand of them; none may meet a failure of ours.

Each is asked on every level of validation in turn, in both dialects, most of them without a socket. An answer is right,
or a refusal in the API's envelope whose message points at a place that is there.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.fuzz import fuzzing, wire
from tests.fuzz.fuzzing import Tally

SHARE = 1_000  # mutants of one seed
SHOWN = 10  # problems


def shares(count: int) -> Iterator[int]:
    yield from [SHARE] * (count // SHARE)
    if count % SHARE:
        yield count % SHARE


def asked(flags: argparse.Namespace) -> Tally:
    """All of it, on all processors."""
    counts, whole = list(shares(flags.count)), Tally()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        over_wire = pool.submit(wire.run, flags.seed + len(counts), flags.wire)
        for done in pool.map(fuzzing.run, range(flags.seed, flags.seed + len(counts)), counts):
            whole.add(done)
        whole.add(over_wire.result())
    return whole


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--count", type=int, default=100_000, help="how many are asked without a socket")
    parser.add_argument("--wire", type=int, default=2_000, help="how many are asked of real servers")
    parser.add_argument("--seed", type=int, default=0, help="of the first thousand; those after it have the next ones")
    return parser.parse_args()


def main() -> None:
    flags, began = arguments(), time.perf_counter()
    tally = asked(flags)
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(tally.statuses.items()))
    words = (
        f"{tally.asked:,} mutants in {time.perf_counter() - began:.0f} s ({statuses}), {len(tally.problems)} problems"
    )
    print(f"{'FAILED' if tally.problems else 'ok':<8}{words}", *tally.problems[:SHOWN], sep="\n        ")
    sys.exit(bool(tally.problems))


if __name__ == "__main__":
    main()
