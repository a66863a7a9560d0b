"""Reporting: the flags of a report at the end, and where it goes; nothing of it is imported without them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockgw.cli.options import option
from mockgw.cli.output import say, tell
from mockgw.errors import SettingsError
from mockgw.suggest import did_you_mean
from mockgw.wording import alternatives

if TYPE_CHECKING:
    from mockgw.pipeline import Pipeline
    from mockgw.report.checks import Judgement
    from mockgw.report.collect import Collector, Ran

# Where each goes that names no file: text to stderr.
FILES: Mapping[str, Path | None] = {
    "text": None,
    "json": Path("mockgw-report.json"),
    "junit": Path("mockgw-report.xml"),
    "html": Path("mockgw-report.html"),
}
VARIABLES = ("MOCKGW_REPORT", "MOCKGW_FAIL_ON")  # not for a mockgw that the command runs: it would write the same files
STDOUT = Path("-")
CANNOT_WRITE = 3
NOTHING = "none"
EXPECTED = f"expected {alternatives(list(FILES))}, or one with its file, as in junit=report.xml"


@dataclass(frozen=True, slots=True)
class Target:
    """A form of the report, and where it goes: a file, `-` for stdout, or None for stderr."""

    form: str
    file: Path | None

    def __str__(self) -> str:
        return f"the report {self.file}"


class TargetType(click.ParamType[Target]):
    """`FORM` or `FORM=FILE`."""

    name = "report"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Target:
        form, named, file = value.partition("=")
        if form not in FILES:
            self.fail(f"{value!r}: {EXPECTED}{did_you_mean(form, FILES)}", param, ctx)
        if named and not file:
            self.fail(f"{value!r} names no file; {EXPECTED}", param, ctx)
        return Target(form, Path(file) if named else FILES[form])


def reports(command: Any) -> Any:
    """The flags `--report` and `--fail-on`; hand their values to `Reporting`."""
    for add in (
        option(
            "--fail-on", metavar="WHAT,…", callback=_read_fail_on, help="For what of the report the exit code is 6."
        ),
        option(
            "--report",
            "reports",
            type=TargetType(),
            metavar="FORM[=FILE]",
            multiple=True,
            callback=_refuse_one_file,
            help="At the end tell what happened: text, json, junit or html.",
        ),
    ):
        command = add(command)
    return command


def _read_fail_on(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """The words of the flag; None if there is none."""
    if value is None:
        return None
    from mockgw.report.checks import REASONS  # slow, and --help needs none

    words = tuple(word.strip() for word in value.split(",") if word.strip())
    for word in words:
        if word not in REASONS and word != NOTHING:
            told = f"{word!r}: expected {alternatives([*REASONS, NOTHING])}, with commas between them"
            raise click.BadParameter(f"{told}{did_you_mean(word, [*REASONS, NOTHING])}")
    if not words or (NOTHING in words and len(words) > 1):
        raise click.BadParameter(f"{value!r}: expected {alternatives([*REASONS, NOTHING])}; {NOTHING!r} stands alone")
    return tuple(word for word in words if word != NOTHING)


def _refuse_one_file(context: click.Context, parameter: click.Parameter, value: tuple[Target, ...]) -> Any:
    """Two reports in one file would be none."""
    named = [str(target.file) for target in value]
    for file in named:
        if named.count(file) > 1:
            where = "stderr" if file == "None" else file
            raise click.BadParameter(f"two reports would go to {where}; give each a file of its own")
    return value


@dataclass(frozen=True, slots=True)
class Reporting:
    """What is to be told at the end, where, and for what the exit code is 6."""

    targets: Sequence[Target]
    fail_on: Sequence[str] | None

    @property
    def wanted(self) -> bool:
        return bool(self.targets) or self.fail_on is not None

    def begin(self, pipeline: "Pipeline") -> "Collector":
        """From here on it is gathered what happens; call it before anything does."""
        from mockgw.report.collect import Collector  # only now it is needed

        return Collector(pipeline)

    def prepare(self) -> None:
        """Make sure that the files can be written; what an earlier run has left in them is gone. SettingsError."""
        for target in self.targets:
            try:
                _write(target, "")
            except OSError as error:
                raise SettingsError(f"{target} cannot be written: {error.strerror}") from None

    def give(self, collector: "Collector", ran: "Ran | None" = None) -> int:
        """Tell what happened; the exit code."""
        from mockgw.report.checks import USUAL, judged

        judgement = judged(collector.report(ran), USUAL if self.fail_on is None else self.fail_on)
        written = [_give(target, judgement) for target in self.targets or [Target("text", None)]]
        return judgement.exit_code or (0 if all(written) else CANNOT_WRITE)


def _give(target: Target, judgement: "Judgement") -> bool:
    """One form of the report; whether it could be written."""
    told = _form(target.form)(judgement)
    if target.file in (None, STDOUT):
        (tell if target.file is None else say)(told.rstrip("\n"))
        return True
    try:
        _write(target, told)
    except OSError as error:
        tell(f"mockgw: {target} cannot be written: {error.strerror}")
        return False
    return True


def _write(target: Target, text: str) -> None:
    """Text into the file, in folders that are made where they are not there."""
    if target.file not in (None, STDOUT):
        target.file.parent.mkdir(parents=True, exist_ok=True)
        target.file.write_bytes(text.encode(errors="replace"))


def _form(name: str) -> Callable[["Judgement"], str]:
    """What makes a form of the report; each is imported when it is wanted."""
    match name:
        case "json":
            from mockgw.report.document import document

            return document
        case "junit":
            from mockgw.report.junit import junit

            return junit
        case "html":
            from mockgw.report.html import html

            return html
    from mockgw.report.text import text

    return text
