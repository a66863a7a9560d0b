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
        ("{caching: no}", "expected true or false, found 'no'; write false"),
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
