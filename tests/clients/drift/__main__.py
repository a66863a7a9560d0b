"""Drift: what the newest SDKs know of the API and mockgw does not, and the other way round (`make drift`)."""

import argparse
import sys
from collections.abc import Iterator, Sequence

from tests.clients.drift import compared, sdks
from tests.clients.drift.compared import Finding
from tests.clients.drift.explained import FILE, Sorted, explanations, sort
from tests.clients.drift.known import known
from tests.clients.drift.parts import AREAS
from tests.clients.drift.sdks import INSTALLED, NEWEST, Missing, Sdk

NAMES = ("python", "typescript")
TEACHES = """\
Compares what mockgw knows of the API (parameters, blocks, events, answers, errors, betas, models) with the types of the
official SDKs. The newest are installed into environments of their own below .clients; nothing else is changed.

  make drift                                  the newest of both
  make drift ARGS='--only python'             one of them
  make drift ARGS='--python 2.12.0'           another version
  make drift ARGS=--installed                 those that the tests have pinned; needs no network

A part is written as the way to it: .name is a field, [] what stands in a list, <tag> the object of this type, =value a
value. Of things in each other the outermost is told. What is different on purpose stands, with its reason, in
tests/clients/drift/explained.yaml.

When the API has grown: run it, mend what is new in the file beside it, or explain it; move the pins in pyproject.toml
and tests/clients/package.json; run `make clients` and the tests.

The exit code is 0 if nothing has drifted, 1 if something has, 2 if an SDK could not be had.
"""


def findings(told: Sequence[Sdk]) -> list[Finding]:
    """All that is not the same in mockgw and in these SDKs; what one of them lacks, another may have."""
    found: list[Finding] = []
    alone = len(told) < len(NAMES)
    for area, ours in known().items():
        parts = {sdk.name: sdk.parts[area] for sdk in told}
        found += compared.new(area, ours, parts)
        found += [] if alone or AREAS[area].grows else compared.gone(area, ours, parts)
    return found


def report(told: Sequence[Sdk], result: Sorted) -> Iterator[str]:
    yield f"mockgw beside {' and '.join(f'{sdk.version} of the {sdk.name} SDK' for sdk in told)}"
    new = [finding for finding in result.unexplained if finding.sdks]
    gone = [finding for finding in result.unexplained if not finding.sdks]
    yield from _listed("New: they have it, and mockgw does not know it", new, everywhere=len(told))
    yield from _listed("Gone: mockgw knows it, and they do not have it", gone, everywhere=0)
    for one in result.needless:
        yield f"\n{FILE.name} explains {one.way} ({one.area}, {one.kind}), which is no difference: take it out"
    yield f"\n{len(new)} new, {len(gone)} gone; {result.explained} more are explained in {FILE.name}"


def _listed(title: str, found: list[Finding], *, everywhere: int) -> Iterator[str]:
    if found:
        yield f"\n{title}"
    area = ""
    for finding in found:
        if finding.area != area:
            area = finding.area
            yield f"\n  {area}: {AREAS[area].mend}"
        only = f"  (only {', '.join(finding.sdks)})" if len(finding.sdks) < everywhere else ""
        yield f"    {finding.part}{only}"


def read_flags(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make drift", description=TEACHES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", metavar="VERSION", default=NEWEST, help="of anthropic; the newest if not given")
    parser.add_argument("--typescript", metavar="VERSION", default=NEWEST, help="of @anthropic-ai/sdk; likewise")
    parser.add_argument("--installed", action="store_true", help="the pinned ones, as they are installed")
    parser.add_argument("--only", choices=NAMES, help="compare with this SDK alone: what is gone is not told then")
    return parser.parse_args(arguments)


def chosen(flags: argparse.Namespace) -> list[Sdk]:
    """The SDKs that the flags ask for."""
    told = []
    if flags.only != "typescript":
        told.append(sdks.python(INSTALLED if flags.installed else flags.python))
    if flags.only != "python":
        told.append(sdks.typescript_sdk(INSTALLED if flags.installed else flags.typescript))
    return told


def main(arguments: Sequence[str]) -> int:
    flags = read_flags(arguments)
    try:
        told = chosen(flags)
    except Missing as problem:
        sys.stderr.write(f"drift: {problem}\n")
        if not flags.installed:
            sys.stderr.write("drift: nothing was compared; without a network, use --installed\n")
        return 2
    kinds = ("new", "gone") if len(told) == len(NAMES) else ("new",)
    result = sort(findings(told), [one for one in explanations() if one.kind in kinds])
    sys.stdout.write("\n".join(report(told, result)) + "\n")
    return 1 if result.unexplained or result.needless else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
