import json

from mockgw.scenario.schema import schema
from tests.cli.commands import Run


def test_the_schema_is_printed(run: Run) -> None:
    done = run("schema")

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == schema()
    assert done.stdout.endswith("}\n")
