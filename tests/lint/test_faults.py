import pytest

from mockgw.lint.faults import impossible
from tests.support import scenario

NOT_STREAMED = "the answer is not streamed, so it has no place for an error event"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("reply: Hello.\nfault: [stall, truncate]", id="usual"),
        pytest.param("reply: Hello.\nfault: error_event", id="only-streamed"),
        pytest.param("error: 429\nfault: {type: truncate, at: {bytes: 10}}", id="error-in-bytes"),
        pytest.param("reply: Hello.\nfault: {type: truncate, at: {event: 3}}", id="event"),
        pytest.param("fault: {type: truncate, at: {event: 3}}", id="alone"),
        pytest.param("reply: '{{ prompt }}'\nfault: {type: truncate, at: {event: 99}}", id="template"),
        pytest.param("generate: {words: 9}\nfault: {type: truncate, at: {event: 99}}", id="generated"),
        pytest.param(f"reply: {'a' * 200_000}\nfault: {{type: truncate, at: {{event: 900000}}}}", id="very-long"),
        pytest.param(
            "error: {status: 429, message: '{{ prompt }}'}\nfault: {type: truncate, at: {bytes: 9999}}", id="e"
        ),
        pytest.param("reply: a\npace: {ttft: 3s}\nfault: {type: stall, at: {after: 2s}}", id="pace"),
        pytest.param("reply: a\ndelay: 3s\nfault: {type: stall, at: {after: 2s}}", id="delay"),
        pytest.param("reply: a\npace: {ttft: 1s, jitter: 1.0}\nfault: {type: stall, at: {after: 9s}}", id="jitter"),
        pytest.param(
            "reply: a\ndelay: {type: lognormal, median: 1s, sigma: 1}\nfault: {type: stall, at: {after: 9s}}",
            id="random",
        ),
        pytest.param(
            "reply: a\npace: {ttft: {type: uniform, lower: 1s, upper: 10s}}\nfault: {type: stall, at: {after: 9s}}",
            id="random-ttft",
        ),
        pytest.param("reply: a\nfault: {type: truncate, rate: 0, at: {event: 99}}", id="never"),
        pytest.param("reply: a\nfault: {type: truncate, at: {bytes: 600}}", id="as-long-as-the-model"),
        pytest.param(
            "reply: a\nfault: [{type: truncate, rate: 0.5, at: {event: 2}}, {type: error_event, at: {event: 4}}]",
            id="only-after-one-that-may-strike",
        ),
        pytest.param("rules: [{match: {stream: [true, false]}, reply: a, fault: error_event}]", id="either"),
    ],
)
def test_a_fault_that_may_happen_is_no_problem(text: str) -> None:
    assert list(impossible(scenario(text))) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "error: 429\nfault: error_event",
            f"2:8: 'error_event' cannot happen here: {NOT_STREAMED} (an error is never streamed); leave the fault out",
            id="error",
        ),
        pytest.param(
            "error: {status: 429, message: '{{ prompt }}'}\nfault: {type: stall, pings: true}",
            "2:8: 'stall' cannot happen here: the answer is not streamed, so it has no place for pings "
            "(an error is never streamed); leave the fault out",
            id="templated-error",
        ),
        pytest.param(
            "rules:\n  - match: {stream: false}\n    reply: '{{ prompt }}'\n    fault: [truncate, error_event]",
            f"4:23: 'error_event' cannot happen here: {NOT_STREAMED} "
            "(the rule takes only requests without stream: true); leave the fault out",
            id="not-streamed",
        ),
        pytest.param(
            "reply: {text: Hi, fault: {type: truncate, at: {event: 99}}}",
            "1:26: 'truncate' cannot happen here: the answer has 6 events, not 99; "
            "change its 'at', or leave the fault out",
            id="event",
        ),
        pytest.param(
            "replies: [{text: a, fault: {type: stall, at: {fraction: 0.5, block: 1}}}]",
            "1:28: 'stall' cannot happen here: the answer has no content block 1; "
            "change its 'at' (blocks are counted from 0), or leave the fault out",
            id="block",
        ),
        pytest.param(
            "reply: a\nfault: {type: truncate, at: {bytes: 400000}}",
            "2:8: 'truncate' cannot happen here: the answer has no 400000 bytes; "
            "change its 'at', or leave the fault out",
            id="bytes",
        ),
        pytest.param(
            "reply: a\nfault: {type: stall, at: {after: 5s}}",
            "2:8: 'stall' cannot happen here: the answer does not take 5 s; change its 'at', or leave the fault out",
            id="after",
        ),
        pytest.param(
            "reply: a\nfault: [{type: truncate, at: {event: 2}}, {type: error_event, at: {event: 5}}]",
            "2:43: 'error_event' cannot happen here: the answer has 1 event, not 5; "
            "change its 'at', or leave the fault out",
            id="after-another",
        ),
    ],
)
def test_a_fault_that_cannot_happen_is_an_error(text: str, expected: str) -> None:
    (problem,) = impossible(scenario(text))
    assert (str(problem), problem.code, problem.severity) == (f"test.yaml:{expected}", "impossible-fault", "error")


def test_an_error_event_with_a_template_is_tried_too() -> None:
    text = "reply: a\nfault: {type: error_event, error: {status: '{{ step + 500 }}'}}"
    assert list(impossible(scenario(text))) == []
