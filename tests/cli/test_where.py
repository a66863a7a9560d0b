from typing import Any

import click
import pytest

from mockgw.cli.where import Where, WhereType


def read(text: Any) -> Where:
    return WhereType().convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("8080", Where("127.0.0.1", 8080)),
        (":8080", Where("127.0.0.1", 8080)),
        ("box", Where("box", 6625)),
        ("box.local:1", Where("box.local", 1)),
        ("http://localhost:7000", Where("localhost", 7000)),
        ("http://localhost:7000/", Where("localhost", 7000)),
        ("http://localhost:7000/v1", Where("localhost", 7000)),
        ("http://localhost:7000/_mockgw/console?x=1#y", Where("localhost", 7000)),
        ("http://localhost", Where("localhost", 80)),
        ("https://box", Where("box", 443, secure=True)),
        ("[::1]:7000", Where("::1", 7000)),
        ("http://[::1]:7000/s/my%20test", Where("::1", 7000, session="my test")),
        ("127.0.0.1:7000/s/checkout/v1", Where("127.0.0.1", 7000, session="checkout")),
    ],
)
def test_a_server_is_named_as_people_do(text: str, where: Where) -> None:
    assert read(text) == where


@pytest.mark.parametrize(
    "text", ["ftp://box:1", "box:port", "box:1/messages", "http://user@box", "a b", "http://box:1/s/", "box:123456"]
)
def test_what_names_no_server_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(click.BadParameter, match="expected a port, a host with a port, or a URL such as http://"):
        read(text)


@pytest.mark.parametrize("text", ["0", "65536", "box:0"])
def test_a_port_has_bounds(text: str) -> None:
    with pytest.raises(click.BadParameter, match="a port is a number from 1 to 65535"):
        read(text)


def test_what_was_read_stays_as_it_is() -> None:
    assert read(Where("box", 1)) == Where("box", 1)


@pytest.mark.parametrize(
    ("where", "url"),
    [
        (Where("::1", 7000), "http://[::1]:7000"),
        (Where("0.0.0.0", 7000), "http://127.0.0.1:7000"),
        (Where("box", 443, secure=True), "https://box:443"),
    ],
    ids=str,
)
def test_a_server_has_an_address_for_people(where: Where, url: str) -> None:
    assert where.url == url
