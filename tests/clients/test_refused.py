"""What Claude Code makes of refusals is what docs/validation.md says: some of its rows, asked anew."""

from collections.abc import Iterator

import pytest

from docs.validation import DATA, TOLD, Row, rows
from tests.clients import refused
from tests.clients.conftest import require_environment
from tests.clients.environments import node
from tests.clients.refused import CANNOT, GOES_ON, OWN_WORDS, Asker


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    require_environment(node())
    asker = refused.serve(tmp_path_factory.mktemp("refused"))
    yield asker
    asker.server.stop()


@pytest.mark.node
@pytest.mark.parametrize("row", refused.sample(every=8), ids=lambda row: f"{row.rule}: {row.says[:40]}")
def test_what_claude_code_makes_of_it(asker: Asker, row: Row) -> None:
    assert asker.outcome(row, f"row-{rows().index(row)}") == row.claude


def test_every_row_has_an_outcome_that_there_is() -> None:
    assert {row.claude for row in rows()} <= {TOLD, GOES_ON, OWN_WORDS, CANNOT}
    assert sum(row.claude != CANNOT for row in rows()) > 100


def test_outcomes_are_written_into_the_file() -> None:
    known = [row.claude for row in rows()]
    text = DATA.read_text(encoding="utf-8")

    assert "\n".join(refused.written(known)) + "\n" == text
    assert "\n".join(refused.written([TOLD] * len(known))).count("claude: ") == 0
    assert "\n".join(refused.written([GOES_ON] * len(known))).count("claude: goes on") == len(known)
