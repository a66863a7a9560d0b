"""Tokens: what the control API asks for, set by a person or made for a run."""

from collections.abc import Mapping

from mockgw.errors import SettingsError
from mockgw.server.listening import LOOPBACK
from mockgw.settings import Settings, is_token

TOKEN = "MOCKGW_TOKEN"
TOLD = """\
The control API at {url}/_mockgw/ asks for this run's token (authorization: Bearer …):
  {token}

"""


def token_of(environment: Mapping[str, str]) -> str:
    """The token that the control API is to ask for, if one was set. SettingsError if no header can carry it."""
    token = environment.get(TOKEN, "").strip()
    if not is_token(token):
        raise SettingsError(f"{TOKEN}: no header can carry it; take letters, digits and signs of ASCII, without blanks")
    return token


def made_token(host: str) -> str:
    """A token for this run, where others than this machine can ask."""
    if host in LOOPBACK:
        return ""
    from mockgw.server.guard import token_for  # most servers are for this machine alone

    return token_for(Settings(host=host))
