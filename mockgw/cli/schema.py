"""Schema: the JSON Schema of a scenario, for editors."""

import click

from mockgw.cli.output import say


@click.command()
def schema() -> None:
    """Print the JSON Schema (2020-12) of a scenario: an editor that knows it completes, explains and checks.

    \b
    mockgw schema > scenario.schema.json

    An editor with the YAML language server (VS Code with the extension "YAML", Neovim, Emacs, Helix) takes it from the
    first line of a scenario; the path is relative to the file:

    \b
    # yaml-language-server: $schema=scenario.schema.json

    `mockgw init` writes both. What a schema cannot say, such as that a rule can never answer, `mockgw lint` does.
    """
    from mockgw.scenario import schema as scenario_schema  # it takes a moment to make

    say(scenario_schema.text().rstrip("\n"))
