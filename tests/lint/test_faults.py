import pytest

from mockgw.lint.faults import impossible
from tests.support import scenario

NOT_STREAMED = "the answer is not streamed, so it has no place for an error event"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("reply: Hello.\nfault: [latency, slicer, stall]", id="usual"),
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
        pytest.param("reply: a\nfault: [{type: stall, rate: 0.5}, truncate]", id="after-an-end-that-may-not-be"),
        pytest.param("reply: '{{ prompt }}'\nfault: {type: limit_data, bytes: 9999}", id="limit-of-a-template"),
        pytest.param("generate: {words: 9}\nfault: {type: content_length_mismatch, by: -9999}", id="lie-of-any-length"),
        pytest.param("reply: a\nfault: {type: content_length_mismatch, by: 9999}", id="length-too-large"),
        pytest.param("reply: '{{ prompt }}'\nfault: {type: slow_close, for: 0s}", id="end-of-a-template"),
        pytest.param(
            "reply: a\npace: {ttft: 3s, jitter: 0.5}\nfault: {type: slow_close, for: 2s}", id="slow-close-by-chance"
        ),
        pytest.param(
            "error: 502\nfault: [html_error_page, latency, {type: empty_response, at: {bytes: 9}}]", id="page"
        ),
        pytest.param("reply: a\nfault: [error_body_200, truncate]", id="cut-another-answer"),
        pytest.param(
            "reply: a\nfault: [{type: slicer, rate: 0.5}, html_error_page]", id="before-another-answer-at-times"
        ),
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
            "rules:\n  - match: {stream: false}\n    reply: '{{ prompt }}'\n    fault: [latency, error_event]",
            f"4:22: 'error_event' cannot happen here: {NOT_STREAMED} "
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
            "2:43: 'error_event' cannot happen here: 'truncate' before it has ended the answer; "
            "an answer ends once, so leave one of them out",
            id="after-an-end",
        ),
        pytest.param(
            "reply: a\nfault: [{type: drop_event, at: {event: 2}}, {type: error_event, at: {event: 6}}]",
            "2:45: 'error_event' cannot happen here: the answer has 5 events, not 6; "
            "change its 'at', or leave the fault out",
            id="after-another",
        ),
        pytest.param(
            "reply: a\nfault: [{type: malformed_sse, kind: ping_flood, rate: 0.5}, stall, truncate]",
            "2:68: 'truncate' cannot happen here: 'stall' before it has ended the answer; "
            "an answer ends once, so leave one of them out",
            id="after-an-end-further-up",
        ),
        pytest.param(
            "reply: a\nfault: [latency, truncate, html_error_page]",
            "2:28: 'truncate' before 'html_error_page' has no effect, as that is another answer; "
            "put 'html_error_page' first",
            id="before-another-answer",
        ),
        pytest.param(
            "error: 429\nfault: {type: limit_data, bytes: 9999}",
            "2:8: 'limit_data' cannot happen here: the answer has no 9999 bytes; leave the fault out",
            id="limit-above-the-size",
        ),
        pytest.param(
            "reply: a\nfault: {type: content_length_mismatch, by: -9999}",
            "2:8: 'content_length_mismatch' cannot happen here: the answer has no 9999 bytes; leave the fault out",
            id="too-few-to-lie-about",
        ),
        pytest.param(
            "reply: a\npace: {ttft: 3s}\nfault: {type: slow_close, for: 2s}",
            "3:8: 'slow_close' cannot happen here: the answer ends after the 2 s of 'for'; leave the fault out",
            id="slow-close-that-is-over-before",
        ),
        pytest.param(
            "reply: a\nfault: [empty_response, slicer]",
            "2:25: 'slicer' cannot happen here: no bytes follow there; leave the fault out",
            id="nothing-left-to-slice",
        ),
        pytest.param(
            "error: 429\nfault: drop_event",
            "2:8: 'drop_event' cannot happen here: the answer is not streamed, so it has no place for events "
            "(an error is never streamed); leave the fault out",
            id="event-of-an-error",
        ),
        pytest.param(
            "rules: [{match: {stream: false}, reply: a, "
            "fault: {type: wrong_content_type, content_type: application/json}}]",
            "1:51: 'wrong_content_type' cannot happen here: application/json is what the answer is; "
            "leave the fault out",
            id="the-right-content-type",
        ),
    ],
)
def test_a_fault_that_cannot_happen_is_an_error(text: str, expected: str) -> None:
    (problem,) = impossible(scenario(text))
    assert (str(problem), problem.code, problem.severity) == (f"test.yaml:{expected}", "impossible-fault", "error")


def test_an_error_event_with_a_template_is_tried_too() -> None:
    text = "reply: a\nfault: {type: error_event, error: {status: '{{ step + 500 }}'}}"
    assert list(impossible(scenario(text))) == []
