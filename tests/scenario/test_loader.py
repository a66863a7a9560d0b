from pathlib import Path

import pytest

from mockgw.errors import ScenarioError
from mockgw.scenario.library import shipped
from mockgw.scenario.loader import load, parse

ANSWERS = (
    "reply, text, thinking, redacted_thinking, tool_use, web_search, web_fetch, code_execution, tool_search, "
    "mcp_tool_use, generate, block, content, error, "
    "steps, attempts, replies, choose"
)
RULE = "rules:\n  - reply: a\n    match: "


def message(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse(text, Path("a.yaml"))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", "a.yaml: this file is empty; the smallest scenario is: reply: Hello.", id="empty"),
        pytest.param(
            "rule: x",
            "1:1: unknown key 'rule'; did you mean 'rules'?",
            id="top-typo",
        ),
        pytest.param(
            "description: x",
            f"1:1: a scenario needs one of rules, {ANSWERS}; found 'description'",
            id="no-answer",
        ),
        pytest.param(
            "rules:\n  - match: {}", f"2:5: a rule needs one of {ANSWERS}; found 'match'", id="rule-without-answer"
        ),
        pytest.param(
            "reply: a\nheaders: {two words: x}",
            "2:11: 'two words' is no name of a header: letters, digits and hyphens",
            id="header-name",
        ),
        pytest.param(
            "error: {status: 429, headers: {Content-Length: 3}}",
            "1:32: the header 'Content-Length' says where the body ends, and that is mockgw's part",
            id="framing-header",
        ),
        pytest.param("steps: [{}]", f"1:9: an answer needs one of {ANSWERS}; found nothing", id="empty-answer"),
        pytest.param(
            "reply: a\ntext: b",
            f"1:1: a scenario has exactly one of rules, {ANSWERS}; found 'reply' and 'text'"
            "; to give both, list them under 'content:'",
            id="two-answers",
        ),
        pytest.param(
            "steps: [{text: a, tool_use: {name: T}, thinking: b}]",
            f"1:9: an answer has exactly one of {ANSWERS}; found 'text' and 'tool_use' and 'thinking'"
            "; to give all, list them under 'content:'",
            id="three-answers",
        ),
        pytest.param(
            "reply: a\nerror: 429",
            f"1:1: a scenario has exactly one of rules, {ANSWERS}; found 'reply' and 'error'"
            "; to fail first and answer then, list both under 'attempts:'",
            id="answer-and-error",
        ),
        pytest.param(
            "content: [{text: a, thinking: b}]",
            "1:11: a block has exactly one of text, thinking, redacted_thinking, tool_use, web_search, web_fetch, "
            "code_execution, tool_search, mcp_tool_use, generate, block"
            "; found 'text' and 'thinking'; to give both, begin each with '- '",
            id="two-blocks",
        ),
        pytest.param(
            "rules:\n  - reply: a\nreply: b",
            "3:1: 'reply' cannot stand beside 'rules': a scenario has either rules or one answer"
            "; if it belongs to the rule above, indent it",
            id="rules-and-answer",
        ),
        pytest.param(
            "rules:\n  - reply: a\npace: fast",
            "3:1: 'pace' stands in 'defaults' when there are 'rules'",
            id="rules-and-pace",
        ),
        pytest.param(
            "rules:\n  - reply: a\nfault: stall",
            "3:1: 'fault' cannot stand beside 'rules': a scenario has either rules or one answer"
            "; if it belongs to the rule above, indent it",
            id="rules-and-fault",
        ),
        pytest.param(
            "reply: b\nrules:\n  - reply: a",
            "1:1: 'reply' cannot stand beside 'rules': a scenario has either rules or one answer",
            id="answer-above-rules",
        ),
        pytest.param("rules: []", "1:8: expected at least one item, found an empty list", id="no-rules"),
        pytest.param("rules: hello", "1:8: expected a list, found 'hello'; begin each item with '- '", id="rules-text"),
        pytest.param("reply: null", "1:1: 'reply' is null; give it a value or leave it out", id="null"),
        pytest.param("reply: true", "1:8: expected text, found true; quote it: 'true'", id="true"),
        pytest.param(RULE + "{promt: x}", "3:13: unknown key 'promt'; did you mean 'prompt'?", id="match-key"),
        pytest.param(
            RULE + "{prompt: {contians: x}}", "3:22: unknown key 'contians'; did you mean 'contains'?", id="operator"
        ),
        pytest.param(
            RULE + "{prompt: null}", "3:13: 'prompt' is null; give it a value or leave it out", id="match-null"
        ),
        pytest.param(
            RULE + "{prompt: []}", "3:21: expected at least one item, found an empty list", id="match-empty-list"
        ),
        pytest.param(
            RULE + "{prompt: {matches: '('}}",
            "3:31: '(' is not a regular expression: missing ), unterminated subpattern at position 0",
            id="regex",
        ),
        pytest.param(
            RULE + "{prompt: {matches: '(?<a>b)'}}",
            "3:31: '(?<a>b)' is not a regular expression: unknown extension ?<a at position 1; "
            "Python writes a named group as (?P<name>…)",
            id="regex-of-javascript",
        ),
        pytest.param(
            RULE + "{prompt: {matches: '*.py'}}",
            "3:31: '*.py' is not a regular expression: nothing to repeat at position 0; any text is .*",
            id="regex-as-a-glob",
        ),
        pytest.param(
            RULE + "{prompt: {matches: 'a{99999999999}'}}",
            "3:31: 'a{99999999999}' is not a regular expression: too large, or nested too deeply",
            id="regex-too-large",
        ),
        pytest.param(
            "content: [{type: text, text: a}]",
            "1:12: a block has its type as its key, as in text: Hello.; one that is written as on the wire stands in "
            "'block'",
            id="block-as-on-the-wire",
        ),
        pytest.param(
            "content: [{type: mcp_tool_use, id: x, name: y}]",
            "1:12: a block has its type as its key, as in block: {type: mcp_tool_use, …}; one that is written as on "
            "the wire stands in 'block'",
            id="other-block-as-on-the-wire",
        ),
        pytest.param(
            "reply: a\nfault: {type: truncate, rate: 50%}",
            "2:31: expected a number, found '50%'; write 0.5",
            id="percent",
        ),
        pytest.param(
            "reply: a\nfault: {type: truncate, rate: 50}",
            "2:31: expected a share from 0 to 1, found 50; 50 percent is 0.5",
            id="share",
        ),
        pytest.param(
            RULE + "{step: '1'}", "3:19: expected a whole number, found '1'; write 1, without quotes", id="step"
        ),
        pytest.param(RULE + "{stream: 'yes'}", "3:21: expected true or false, found 'yes'; write true", id="stream"),
        pytest.param(
            RULE + "{stream: 'true'}",
            "3:21: expected true or false, found 'true'; write true, without quotes",
            id="bool",
        ),
        pytest.param(
            RULE + "{tool_result: false}",
            "3:26: expected text, found false; write tool_result: {present: false}",
            id="no-result",
        ),
        pytest.param(
            RULE + "{header: {x-a: true}}",
            "3:27: expected text, found true; write x-a: {present: true}",
            id="any-header",
        ),
        pytest.param(
            RULE + "{prompt: {contains: true}}", "3:32: expected text, found true; quote it: 'true'", id="operand-true"
        ),
        pytest.param(
            RULE + "{contains: hello}",
            "3:13: 'contains' is an operator; it belongs under a key, as in prompt: {contains: hello}",
            id="operator-without-key",
        ),
        pytest.param(
            RULE + "{regex: hello}",
            "3:13: 'regex' is an operator; it belongs under a key, as in prompt: {matches: hello}",
            id="other-operator-without-key",
        ),
        pytest.param(
            RULE + "{gte: 2}",
            "3:13: 'gte' is an operator; it belongs under a key, as in step: {gte: 1}",
            id="comparison",
        ),
        pytest.param(RULE + "{not: {}}", "3:13: unknown key 'not'; did you mean 'none'?", id="not-in-match"),
        pytest.param(
            RULE + "{step: {contains: 1}}",
            "3:20: 'contains' is for text, and this is a number; write 1, or {gte: 1}",
            id="text-in-a-number",
        ),
        pytest.param(
            RULE + "{stream: {matches: t}}",
            "3:22: 'matches' is for text, and this is true or false; write true",
            id="text-in-a-boolean",
        ),
        pytest.param(
            RULE + "{clock: {starts_with: 1}}",
            "3:21: 'starts_with' is for text, and this is a time; write {gte: 1m}",
            id="text-in-a-time",
        ),
        pytest.param(
            RULE + "{prompt: {doesNotContain: x}}",
            "3:22: unknown key 'doesNotContain'; write not: {contains: …}",
            id="negated-operator",
        ),
        pytest.param(
            "reply: [Hi, {error: 429}]",
            "1:14: 'error' is an answer, not a block; list answers under 'replies:' or 'attempts:'",
            id="error-as-block",
        ),
        pytest.param(
            "rules:\n  - status: 503",
            "2:5: unknown key 'status'; write error: 503, or error: {status: 503, …}",
            id="status-alone",
        ),
        pytest.param(
            "rules:\n  - status: 503\n    body: x",
            "2:5: unknown key 'status'; write error: 503, or error: {status: 503, …} (and 1 more: line 3)",
            id="status-and-body",
        ),
        pytest.param(
            "rules:\n  - status_code: 200",
            "2:5: unknown key 'status_code'; write error: 429, or error: {status: 429, …}",
            id="status-of-no-error",
        ),
        pytest.param(
            "reply: a\ndefault: b",
            "2:1: 'default' is no key; a last rule without 'match' answers everything else",
            id="default",
        ),
        pytest.param(
            "reply: a\ndefault: {pace: fast}", "2:1: unknown key 'default'; did you mean 'defaults'?", id="defaults"
        ),
        pytest.param("reply: a\nvalidate: strict", "2:1: 'validate' belongs under 'gateway'", id="validate"),
        pytest.param("reply: a\nseed: 4", "2:1: 'seed' is a flag: mockgw serve --seed", id="flag"),
        pytest.param(
            "reply: a\nname: b", "2:1: 'name' is not needed: the file's name is the scenario's name", id="file-name"
        ),
        pytest.param(
            "reply: a\nfault: {type: stall, after: 5}",
            "2:22: 'after' belongs under 'at', as in at: {after: 5}",
            id="place-without-at",
        ),
        *(
            pytest.param(
                f"reply: a\nfault: {{type: stall, at: {found}}}",
                f"2:26: 'at' takes a mapping such as {{fraction: 0.5}}, found {told}",
                id=f"at-{found}",
            )
            for found, told in (
                ("3", "3; write {event: 3}"),
                ("50%", "'50%'; write {fraction: 0.5}"),
                ("0.25", "0.25; write {fraction: 0.25}"),
                ("2s", "'2s'; write {after: 2s}"),
                ("half", "'half'"),
                ("0", "0"),
            )
        ),
        pytest.param(RULE + "{agent: boss}", "3:20: expected 'main', 'sub' or 'side', found 'boss'", id="agent"),
        pytest.param(
            RULE + "{clock: {gte: soon}}",
            "3:26: expected a duration such as 250ms, 2s, 1m, 5h, 7d or a number of seconds, found 'soon'",
            id="clock",
        ),
        pytest.param(
            RULE + "[a]",
            "3:12: 'match' takes a mapping such as {prompt: {contains: hello}}, found a list",
            id="match-list",
        ),
        pytest.param(
            RULE + "{header: x}",
            "3:21: 'header' takes a mapping such as {user-agent: {contains: curl}}, found 'x'",
            id="header-text",
        ),
        pytest.param(
            "rules:\n  match: {}\n  reply: a",
            "2:3: expected a list, found a mapping with 'match', 'reply'; begin each item with '- '",
            id="rules-mapping",
        ),
        pytest.param(
            RULE + "{any: {prompt: x}}",
            "3:18: expected a list, found a mapping with 'prompt'; begin each item with '- '",
            id="any-mapping",
        ),
        pytest.param(
            "rules:\n  - {id: a, reply: x}\n  - {id: a, reply: y}", "3:10: rules 1 and 2 have the same id 'a'", id="ids"
        ),
        pytest.param(
            "choose: [a]\nthen: loop",
            "2:1: 'then' has no meaning beside 'choose'; there may be pace, delay, headers, usage",
            id="then",
        ),
        pytest.param(
            "replies: [a]\nthen: again",
            "2:7: expected 'repeat_last', 'loop', 'next_rule' or 'error', found 'again'",
            id="then-what",
        ),
        pytest.param("replies: [{text: a, times: 0}]", "1:28: expected at least 1, found 0", id="times"),
        pytest.param(
            "error: 429\npace: fast",
            "2:1: 'pace' has no meaning beside 'error'; there may be delay, headers, fault",
            id="error-pace",
        ),
        pytest.param("error: 200", "1:8: expected a status from 400 to 599, found 200", id="status"),
        pytest.param(
            "error: {status: 429, retry_afer: 2s}",
            "1:22: unknown key 'retry_afer'; did you mean 'retry_after'?",
            id="error-key",
        ),
        pytest.param("tool_use: {}", "1:11: 'name' is missing", id="tool-name"),
        pytest.param(
            "tool_use: {name: T, input: text}",
            "1:28: 'input' takes a mapping such as {command: ls}, found 'text'",
            id="tool-input",
        ),
        pytest.param(
            "tool_use: Read",
            "1:11: 'tool_use' takes a mapping such as {name: Bash, input: {command: ls}}, found 'Read'",
            id="tool-text",
        ),
        pytest.param("generate: {json: false}", "1:18: expected true, found false", id="json-false"),
        pytest.param(
            "reply: a\npace: fats",
            "2:7: unknown pace 'fats'; expected instant, fast, typical, slow or a mapping; did you mean 'fast'?",
            id="pace",
        ),
        pytest.param(
            "reply: a\ndelay: {lower: 1s}",
            "2:8: needs a 'type': fixed, uniform or lognormal, as in {type: lognormal, …}",
            id="delay",
        ),
        pytest.param(
            "reply: a\ndelay: {type: normal}",
            "2:8: unknown delay type 'normal'; expected fixed, uniform, lognormal; did you mean 'lognormal'?",
            id="delay-type",
        ),
        pytest.param(
            "fault: {at: half}",
            "1:8: needs a 'type': the name of a fault, as in {type: stall, …}",
            id="fault-type",
        ),
        pytest.param(
            "fault: reset",
            "1:8: unknown fault 'reset'; did you mean 'connection_reset_by_peer'?",
            id="fault-by-another-name",
        ),
        pytest.param(
            "fault: [stall, explode]",
            "1:16: unknown fault 'explode'; there are connection: empty_response, connection_reset_by_peer, "
            "random_data_then_close, malformed_response_chunk; shaping: timeout, slow_close, limit_data, bandwidth, "
            "slicer, latency; stream: error_event, truncate, stall, malformed_sse, drop_event, duplicate_event, "
            "reorder_events; response: html_error_page, wrong_content_type, content_length_mismatch, error_body_200",
            id="fault-like-none",
        ),
        pytest.param(
            "fault: {type: malformed_sse, kind: bad_jsn}",
            "1:36: expected 'bad_json', 'no_blank_line', 'unknown_event', 'half_utf8', 'wrong_index', 'ping_flood', "
            "'comments' or 'crlf', found 'bad_jsn'; did you mean 'bad_json'?",
            id="kind-of-malformed",
        ),
        pytest.param(
            "fault: {type: content_length_mismatch, by: 0}",
            "1:44: expected another number than 0: with it the length is right",
            id="no-mismatch",
        ),
        pytest.param(
            "fault: {type: content_length_mismatch, by: -1000000000000001}",
            "1:44: expected a number from -1000000000000000 to 1000000000000000, found -1000000000000001",
            id="mismatch-too-large",
        ),
        pytest.param(
            "fault: {type: html_error_page, status: 200}",
            "1:40: expected a status from 400 to 599, found 200",
            id="page-of-no-error",
        ),
        pytest.param("fault: limit_data", "1:8: 'bytes' is missing", id="fault-without-its-option"),
        pytest.param(
            "block: {a: 1}",
            "1:8: a block needs a 'type', as in block: {type: server_tool_use, id: srvtoolu_1}",
            id="block-type",
        ),
        pytest.param("reply: a\nusage: {input_tokens: -1}", "2:23: expected at least 0, found -1", id="usage"),
        pytest.param("reply: a\nheaders: {x: null}", "2:14: expected text, found null; quote it: 'null'", id="header"),
        pytest.param(
            "gateway: {dialect: foo}\nreply: a", "1:20: expected 'siraya' or 'anthropic', found 'foo'", id="dialect"
        ),
        pytest.param(
            "rules: [{reply: a, expect: {at_least: 3, at_most: 1}}]",
            "1:28: 'at_least' (3) is above 'at_most' (1)",
            id="expect-turned",
        ),
        pytest.param(
            "rules: [{reply: a, expect: {}}]",
            "1:28: expected at_least, at_most or both; found an empty mapping",
            id="expect-empty",
        ),
        pytest.param(
            "rules: [{reply: a, expect: '2'}]",
            "1:28: expected a whole number, found '2'; write 2, without quotes",
            id="expect-text",
        ),
        pytest.param("rules: [{reply: a, expect: -1}]", "1:28: expected at least 0, found -1", id="expect-negative"),
        pytest.param(
            "rules: [{reply: a, expect: {min: 1}}]",
            "1:29: unknown key 'min'; did you mean 'at_least'?",
            id="expect-unknown",
        ),
        pytest.param(
            "reply: a\nexpect: 2", "2:1: 'expect' belongs to a rule; put it under 'rules:'", id="expect-at-the-top"
        ),
        pytest.param(
            "rules:\n  - {match: {stp: 1}, reply: a}\n  - {match: {trun: 1}, reply: a}",
            "2:14: unknown key 'stp'; did you mean 'step'? (and 1 more: line 3)",
            id="first-of-two",
        ),
        pytest.param(
            "rules:\n  - {replly: a}\n  - {reply: a, pase: fast}\n  - reply: a\n    match: {trun: 1}",
            "2:6: unknown key 'replly'; did you mean 'reply'? (and 2 more: lines 3 and 5)",
            id="first-of-three",
        ),
        pytest.param(
            "reply: a\ndelay: soon\nzzz: 1",
            "2:8: expected a duration such as 250ms, 2s, 1m, 5h, 7d or a number of seconds, found 'soon'"
            " (and 1 more: line 3)",
            id="value-before-key",
        ),
        pytest.param(
            "reply: a\nfault: [stal]\nzzz: 1",
            "2:9: unknown fault 'stal'; did you mean 'stall'? (and 1 more: line 3)",
            id="type-before-key",
        ),
        pytest.param(
            "rules:\n  - match: {promt: x}\n    replly: a",
            "2:13: unknown key 'promt'; did you mean 'prompt'? (and 1 more: line 3)",
            id="two-in-a-rule",
        ),
        pytest.param(
            "descripton: x\nrules:\n  - replly: a",
            "1:1: unknown key 'descripton'; did you mean 'description'? (and 1 more: line 3)",
            id="above-rules",
        ),
        pytest.param(
            "rules:" + 8 * "\n  - {replly: a}",
            "2:6: unknown key 'replly'; did you mean 'reply'? (and 7 more: lines 3, 4, 5, 6, 7 …)",
            id="first-of-many",
        ),
        pytest.param(
            "rules:\n  - match: {prompt: x}\n    replly: a",
            "3:5: unknown key 'replly'; did you mean 'reply'?",
            id="answer-typo",
        ),
        pytest.param(
            "- match: {prompt: x}\n  reply: a", "1:1: this list holds rules; put 'rules:' above it", id="list-of-rules"
        ),
        pytest.param(
            "- reply: a\n- reply: b",
            "1:1: a list is the blocks of one message; put 'replies:' or 'steps:' above a list of answers",
            id="list-of-answers",
        ),
        pytest.param("rules:\n  - prompt: x\n    reply: a", "2:5: 'prompt' belongs under 'match'", id="prompt-in-rule"),
        pytest.param("prompt: x\nreply: a", "1:1: 'prompt' belongs under the 'match' of a rule", id="prompt-at-top"),
        pytest.param("match: {}\nreply: a", "1:1: 'match' belongs to a rule; put it under 'rules:'", id="match-at-top"),
        pytest.param(
            "rules:\n  - error: 429\n    retry_after: 2s",
            "3:5: 'retry_after' belongs in 'error', as in error: {status: 429, retry_after: 2s}",
            id="beside-error",
        ),
        pytest.param(
            "error: 429\nmessage: x",
            "2:1: 'message' belongs in 'error', as in error: {status: 429, retry_after: 2s}",
            id="beside-error-at-top",
        ),
        pytest.param(
            RULE + "{prompt: {regex: x}}", "3:22: unknown key 'regex'; did you mean 'matches'?", id="other-operator"
        ),
        pytest.param(
            "tool_use: {name: T, args: {}}", "1:21: unknown key 'args'; did you mean 'input'?", id="other-input"
        ),
        pytest.param(RULE + "{user: x}", "3:13: unknown key 'user'; did you mean 'prompt'?", id="other-prompt"),
        pytest.param(
            "rules:\n  - {reply: a, when: {}}", "2:16: unknown key 'when'; did you mean 'match'?", id="other-match"
        ),
        pytest.param("answer: a", "1:1: unknown key 'answer'; did you mean 'reply'?", id="other-reply"),
        pytest.param(
            "steps: [{reply: a, zzz: 1}]",
            f"1:20: unknown key 'zzz'; expected an answer ({ANSWERS}), its options (pace, delay, headers, usage, "
            "stop_reason, stop_sequence, stop_details, model, container, context_management, fault, then), citations, "
            "times",
            id="unlike-any-key",
        ),
    ],
)
def test_a_broken_file_is_explained_in_one_line(text: str, expected: str) -> None:
    assert message(text) == (expected if expected.startswith("a.yaml") else f"a.yaml:{expected}")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("reply: a\nfault: stal", "2:8: unknown fault 'stal'; did you mean 'stall'?", id="fault"),
        pytest.param(
            "reply: a\ndefaults: {pase: fast}", "2:12: unknown key 'pase'; did you mean 'pace'?", id="defaults"
        ),
        pytest.param("reply: a\nusage: {tokens: 2}", "2:9: unknown key 'tokens'; expected input_tokens, ", id="usage"),
        pytest.param(
            "error: own", "1:8: expected an error type, found 'own'; add a 'status', or take one", id="error-type"
        ),
    ],
)
def test_what_is_unknown_is_shown_with_what_is_known(text: str, found: str) -> None:
    assert found in message(text)


def test_a_message_of_pydantics_own_is_made_to_fit() -> None:
    assert message("rules:\n  - reply: a\n    match: {clock: {every: 0}}") == (
        "a.yaml:3:28: input should be greater than 0, found 0"
    )


@pytest.mark.parametrize("file", sorted(shipped().glob("*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_file_loads(file: Path) -> None:
    loaded = load(file)

    assert loaded.name == file.stem
    assert loaded.description
