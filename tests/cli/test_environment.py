from mockgw.cli.environment import variables


def test_no_client_is_left_without_an_address_and_a_key() -> None:
    named = variables("http://127.0.0.1:1")

    assert named["ANTHROPIC_BASE_URL"] == "http://127.0.0.1:1"
    assert (named["ANTHROPIC_AUTH_TOKEN"], named["ANTHROPIC_API_KEY"]) == ("mock", "")
