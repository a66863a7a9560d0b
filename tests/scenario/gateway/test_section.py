import pytest

from mockgw.errors import ScenarioError
from tests.support import scenario


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("{keys: {a: disbled}}", "expected 'active', 'disabled', .*, found 'disbled'; did you mean 'disabled'?"),
        ("{keys: {}}", "expected at least one item, found an empty list"),
        ("{keys: {a: {use: 1}}}", "unknown key 'use'; did you mean 'uses'?"),
        ("{limit: {requests: 1}}", "unknown key 'limit'; did you mean 'limits'?"),
        ("{limits: {requests: 5/x}}", "expected a rate such as 5/m"),
        ("{limits: {models: {gpt: {}}}}", "expected 'haiku', 'sonnet', .*, found 'gpt'"),
        ("{limits: {concurrent: 0}}", "expected at least 1, found 0"),
        ("{credits: {}}", "'balance' is missing"),
        ("{credits: {balance: -1}}", "expected dollars from 0 to"),
        ("{models: {a: {prices: {input: 1}}}}", "'output' is missing"),
        ("{subscription: {five_hour: {}}}", "'tokens' is missing"),
        ("{fallbacks: {a: b}}", "expected a list, found 'b'"),
        ("{model_naming: exact}", "expected 'lenient' or 'strict', found 'exact'"),
        ("{moderation: {}}", "'reasons' is missing"),
        ("{moderation: {reasons: {}}}", "expected at least one item, found an empty list"),
        ("{moderation: {reasons: {a: {}}}}", "expected words, patterns or both"),
        ("{moderation: {reasons: {a: [' ']}}}", "expected a word, found ' '"),
        ("{moderation: {reasons: {a: {patterns: '('}}}}", "'\\(' is not a regular expression"),
        ("{moderation: {reasons: {a: b}, input: all}}", "expected 'prompt' or 'user', found 'all'"),
        ("{moderation: {reasons: {a: b}, words: [a]}}", "unknown key 'words'"),
        ("{timeout: {}}", "expected first_byte, idle or total"),
        ("{timeout: 0}", "expected a duration above 0, found 0"),
        ("{timeout: soon}", "expected a duration such as .*, found 'soon'"),
        ("{timeout: {first: 1s}}", "unknown key 'first'"),
        ("{providers: [a]}", "'providers' takes a mapping such as {bedrock: {state: down}}, found a list"),
        ("{providers: {a b: {}}}", "expected the name of a provider such as bedrock or .*, found 'a b'"),
        ("{providers: {a: down}}", "expected a mapping, found 'down'"),
        ("{providers: {a: {model: b}}}", "unknown key 'model'; did you mean 'models'?"),
        ("{providers: {a: {models: []}}}", "expected at least one item, found an empty list"),
        ("{providers: {a: {models: [[b]]}}}", "expected text, found a list"),
        ("{providers: {a: {models: {b: {price: 1}}}}}", "unknown key 'price'; did you mean 'prices'?"),
        ("{providers: {a: {prices: {input: 1}}}}", "'output' is missing"),
        ("{providers: {a: {throughput: 0}}}", "expected a number above 0, found 0"),
        ("{providers: {a: {quantization: fp7}}}", "expected 'int4', .*, found 'fp7'; did you mean 'fp8'?"),
        ("{providers: {a: {zdr: 'yes'}}}", "expected true or false, found 'yes'; write true"),
        ("{providers: {a: {state: dwn}}}", "unknown state 'dwn'; expected up, slow, .*; did you mean 'down'?"),
        ("{providers: {a: {state: 200}}}", "expected a status from 400 to 599, found 200"),
        ("{providers: {a: {state: []}}}", "expected at least one item, found an empty list"),
        ("{providers: {a: {state: [up, dwn]}}}", "unknown state 'dwn'"),
        ("{providers: {a: {state: slow}}}", "'delay' is missing"),
        ("{providers: {a: {state: {for: 30s}}}}", "needs a 'type': the name of a state, as in {type: down, for: 30s}"),
        ("{providers: {a: {state: {type: down, for: 0}}}}", "greater than 0, found 0"),
        ("{providers: {a: {state: {type: down, delay: 1s}}}}", "unknown key 'delay'"),
        ("{providers: {a: {state: {type: error, status: '429'}}}}", "expected a whole number, found '429'; write 429"),
        ("{providers: {a: {then: again}}}", "expected 'up' or 'loop', found 'again'"),
        ("{unroutable: 400}", "expected 503 or 404, found 400"),
        ("{caching: no}", "expected true or false, found 'no'; write false"),
        ("{batches: {duration: soon}}", "expected a duration such as .*, found 'soon'"),
        ("{batches: {lasts: 1s}}", "unknown key 'lasts'"),
        ("{batches: 5s}", "expected a mapping|'batches' takes a mapping"),
        ("{unknown_ids: make}", "expected 'refuse' or 'invent', found 'make'"),
        ("{files: {a: {filename: a.txt}}}", "'text' is missing"),
        ("{files: {a: text}}", "expected a mapping|takes a mapping"),
        ("[a]", "expected a mapping, found a list|'gateway' takes a mapping such as .*, found a list"),
        ("null", "'gateway' is null; give it a value or leave it out"),
    ],
)
def test_what_is_wrong_with_a_section_is_told(section: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        scenario(f"gateway: {section}\ntext: a")


def test_an_error_does_not_quote_a_key() -> None:
    with pytest.raises(ScenarioError) as refused:
        scenario("gateway: {keys: {sk-ant-very-secret: {uses: 0}}}\ntext: a")
    assert "sk-ant-very-secret" not in str(refused.value)
