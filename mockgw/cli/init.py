"""Init: a first scenario, written into a project."""

import os
import re
import shlex
from pathlib import Path

import click

from mockgw.cli.output import say
from mockgw.errors import SettingsError
from mockgw.scenario.library import SUFFIXES, shipped, there_are

FOLDER = Path("scenarios")
FIRST = Path(__file__).with_name("first.yaml")
SCHEMA = "scenario.schema.json"  # the first line of each scenario names it
COMMAND = re.compile(r"^#\s+((?:[A-Z_]+=\S+ )*mockgw run (?:.*\\\n)*.*)$", re.MULTILINE)


@click.command()
@click.argument("path", default=FOLDER, type=click.Path(path_type=Path))
@click.option("--from", "source", metavar="NAME", help="Copy this scenario of mockgw's own; `mockgw list` shows them.")
def init(path: Path, source: str | None) -> None:
    """Write a scenario to begin with: into the folder PATH, or as the file PATH if that ends in .yaml.

    Every part of it is explained by a comment, and it works as it is. Beside it goes a JSON Schema, with which editors
    complete and check what you write. Nothing is ever overwritten.

    \b
    mockgw init                       scenarios/first.yaml
    mockgw init tests/agent.yaml      a file of this name
    mockgw init --from rate-limited   a copy: scenarios/rate-limited.yaml

    \b
    Exit codes:
      0  it is written
      2  a flag is wrong
      3  the file is there already or cannot be written, or no such scenario
    """
    model = FIRST if source is None else _shipped(source)
    file = path if path.suffix in SUFFIXES and not os.path.isdir(path) else path / model.name
    text = _adapted(model, file)
    _write(file, text)
    schema = _write_schema(file.with_name(SCHEMA))
    say(f"Wrote {file}{schema}.\n\nNext:\n  mockgw serve {_argument(file)}\n  {_command(text, file)}")


def _command(text: str, file: Path) -> str:
    """What the comments of a scenario say how to try it; lines that continue it belong to it."""
    found = COMMAND.search(text)
    return found[1].replace("\n#", "\n ") if found else f"mockgw run {_argument(file)} -- claude -p hello"


def _shipped(name: str) -> Path:
    files = {file.stem: file for file in sorted(shipped().glob("*.yaml"), key=lambda file: file.stem)}
    if name not in files:
        raise SettingsError(f"--from {name}: no such scenario comes with mockgw{there_are(name, files)}")
    return files[name]


def _adapted(model: Path, file: Path) -> str:
    """A text whose comments name the file that it becomes."""
    text = model.read_text(encoding="utf-8")
    for name in ("scenarios/first.yaml", f"--scenario {model.stem}"):
        text = text.replace(name, _argument(file))
    return text.replace(f"claude-mock/{model.stem}", f"claude-mock/{file.stem}")


def _argument(file: Path) -> str:
    """The file in a command line, where it must not look like a flag."""
    return shlex.quote(f"./{file}" if str(file).startswith("-") else str(file))


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except OSError as error:
        raise SettingsError(f"{file}: {_why_not(file, error)}") from None


def _why_not(file: Path, error: OSError) -> str:
    if os.path.exists(file):  # Path.exists() raises if a folder above may not be read
        return f"is there already and stays as it is; name another, such as {file.with_stem(f'{file.stem}-2')}"
    return f"cannot be written: {error.strerror} ({error.filename})"


def _write_schema(file: Path) -> str:
    """A schema that is there already is as good, or the person's own."""
    from mockgw.scenario.schema import text  # it takes a moment to make

    if file.exists():
        return ""
    _write(file, text())
    return f", and {file} for your editor"
