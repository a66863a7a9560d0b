from mockgw.validation.subject import CITING, COUNTING, PROVIDER, SAMPLING, blocks
from tests.support import body
from tests.validation.checking import NOW, message, subject, text


def test_features_are_betas_without_dates_and_what_dialect_and_version_allow() -> None:
    betas = "oauth-2025-04-20,claude-code-20250219,odd"
    assert subject(anthropic_beta=betas).features == {"oauth", "claude-code", "odd", SAMPLING, CITING}
    assert subject(anthropic_version=NOW).features == frozenset()
    assert subject(anthropic_version=NOW, dialect="siraya").features == {SAMPLING, CITING, PROVIDER}
    assert subject(counting=True).features == {SAMPLING, CITING, COUNTING}
    assert subject(anthropic_version="").features == {SAMPLING, CITING}


def test_a_scenario_is_no_model_of_the_catalogue() -> None:
    assert subject(body(model="claude-mock/hello")).model is None
    found = subject(body(model="claude-haiku-4-5")).model
    assert found is not None
    assert found.id == "claude-haiku-4-5-20251001"


def test_content_is_blocks_however_it_is_written() -> None:
    assert blocks(message("user", "Hello")) == blocks(message("user", [text()])) == [text()]
