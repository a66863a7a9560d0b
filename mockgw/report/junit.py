"""JUnit: a report as the XML that CI systems show: a suite for each session, a case for each check."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from xml.etree import ElementTree as ET

from mockgw.report.checks import Check, Judgement, by_session
from mockgw.wording import shortened

# What XML 1.0 has no way to write.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
RUN = "run"  # the suite of what is looked at in all sessions together
LONGEST = 300  # characters of a message; all of it stands below
NO_TIME = "0.000"  # nothing of this was timed, and the format wants it


def junit(judgement: Judgement) -> str:
    """`<testsuites>` with what fails as `<failure>`, what nobody can know as `<error>`, and warnings as `<skipped>`."""
    began = {one.title: one.began for one in judgement.report.sessions}
    suites = ET.Element("testsuites", {"name": "mockgw", **_totals(judgement.checks)})
    for session, checks in by_session(judgement.checks).items():
        suites.append(_suite(session, checks, began.get(session)))
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _suite(session: str, checks: list[Check], began: datetime | None) -> ET.Element:
    name = f"mockgw.session.{session}" if session else f"mockgw.{RUN}"
    counts = {**_totals(checks), "skipped": str(_states(checks)["skipped"])}
    suite = ET.Element("testsuite", {"name": writable(name), **counts})
    if began is not None:
        suite.set("timestamp", began.strftime("%Y-%m-%dT%H:%M:%S"))
    suite.extend(_case(name, one) for one in checks)
    return suite


def _totals(checks: Iterable[Check]) -> dict[str, str]:
    states = _states(checks)
    counts = {"tests": states.total(), "failures": states["failure"], "errors": states["error"]}
    return {**{name: str(count) for name, count in counts.items()}, "time": NO_TIME}


def _states(checks: Iterable[Check]) -> Counter[str]:
    return Counter(_state(one) for one in checks)


def _state(one: Check) -> str:
    if one.state == "passed":
        return "passed"
    if not one.counts:
        return "skipped"
    return "failure" if one.state == "failed" else "error"


def _case(suite: str, one: Check) -> ET.Element:
    case = ET.Element("testcase", classname=writable(f"{suite}.{one.kind}"), name=writable(one.name), time=NO_TIME)
    if one.state != "passed":
        case.append(_result(one))
    return case


def _result(one: Check) -> ET.Element:
    message = shortened(" ".join(one.texts[0].split()), LONGEST)
    result = ET.Element(_state(one), message=writable(message))
    if result.tag != "skipped":
        result.set("type", one.kind if one.state == "failed" else one.state)
    result.text = writable("\n".join(one.texts))
    return result


def writable(text: str) -> str:
    """Text without what XML cannot say."""
    return UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
