from dataclasses import FrozenInstanceError

import pytest

from mockgw.settings import DEFAULT_PORT, Settings


def test_without_flags_the_server_is_private_and_repeatable() -> None:
    assert Settings() == Settings(
        host="127.0.0.1", port=DEFAULT_PORT, seed=0, time_scale=1.0, dialect="siraya", cors="loopback"
    )


def test_settings_are_read_once() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]
