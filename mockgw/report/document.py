"""Document: a report as data, and as JSON."""

import json
from dataclasses import asdict
from typing import Any

from mockgw import __version__
from mockgw.report.checks import Judgement
from mockgw.report.collect import SessionReport


def document(judgement: Judgement) -> str:
    """The report as JSON, in ASCII: what clients send need not be Unicode."""
    return json.dumps(data(judgement), indent=2)


def data(judgement: Judgement) -> dict[str, Any]:
    """The report as plain data. Counts are numbers of requests; times are ISO 8601, in UTC."""
    report = judgement.report
    return {
        "mockgw": __version__,
        "outcome": judgement.outcome,
        "summary": judgement.summary,
        "exit_code": judgement.exit_code,
        "fail_on": list(judgement.fail_on),
        "command": asdict(report.ran) if report.ran else None,
        "total": {**report.tally.data(), "evicted": report.evicted},
        "unused": [one.data() for one in report.unused],
        "checks": [asdict(one) for one in judgement.checks],
        "sessions": [_session(one) for one in report.sessions],
    }


def _session(one: SessionReport) -> dict[str, Any]:
    return {
        "name": one.name,
        "part": one.part,
        "began": one.began.isoformat() if one.began else None,
        **one.tally.data(),
        "evicted": one.evicted,
        "unmatched": [unmatched.data() for unmatched in one.unmatched],
        "expectations": [expectation.data() for expectation in one.expectations],
        "verdict": [finding.data() for finding in one.findings],
    }
