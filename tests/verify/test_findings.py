from math import inf

import orjson

from mockgw.verify.findings import Evidence, Finding
from tests.verify.sessions import Client


def test_evidence_is_in_the_order_in_which_requests_came() -> None:
    client = Client("Hi")
    for prompt in "ab":
        client.ask(prompt, after=1)
    evidence = Evidence(list(reversed(client.exchanges)), inf)
    ids = [exchange.request_id for exchange in client.exchanges]
    assert [one.id for one in evidence.asked] == ids
    assert [call.last.id for call in evidence.calls] == ids


def test_a_finding_is_plain_data() -> None:
    finding = Finding("no_backoff", "warning", "text", ("req_1",))
    data = {"rule": "no_backoff", "severity": "warning", "text": "text", "requests": ["req_1"]}
    assert orjson.loads(orjson.dumps(finding.data())) == data
