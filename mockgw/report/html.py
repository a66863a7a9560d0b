"""HTML: a report as one page that needs nothing else."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from mockgw import __version__
from mockgw.report.checks import Judgement, by_session
from mockgw.wording import counted


def html(judgement: Judgement) -> str:
    """The page. Whatever came from a client or a file is text in it, never markup."""
    return _template().render(
        judgement=judgement,
        report=judgement.report,
        problems=by_session(judgement.problems),
        checks=by_session(judgement.checks),
        version=__version__,
        counted=counted,
    )


@cache
def _template() -> Template:
    loader = PackageLoader("mockgw.report", "")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("page.html.j2")
