"""Views: sessions, scenarios and problems as they are shown."""

from collections.abc import Iterable, Iterator

from mockgw.control import loaded, shapes
from mockgw.engine.timing import Timing
from mockgw.errors import Problem
from mockgw.journal import Journal
from mockgw.pipeline import Pipeline
from mockgw.scenario.model import Rule, Scenario
from mockgw.sessions import Armed, Session


def session(session: Session, pipeline: Pipeline) -> shapes.SessionShown:
    journal, now = pipeline.journal, pipeline.clock.now()
    return shapes.SessionShown(
        name=session.name,
        requests=session.state.requests,
        exchanges=len(journal.of(session.name)),
        evicted=journal.evicted(session.name),
        scenario=choice(session, pipeline),
        overrides=tuple(overrides(session, pipeline)),
        faults=tuple(faults(session, now)),
        clock=clock(session, pipeline),
        timing=timing(session),
        idle=_seconds(max(0.0, now - session.used)),
    )


def choice(session: Session, pipeline: Pipeline, warnings: Iterable[Problem] = ()) -> shapes.Choice | None:
    if session.choice is None:
        return None
    if isinstance(session.choice, Scenario):
        return shapes.Choice(session.choice.name, True, len(session.choice.rules), troubles(warnings))
    loaded = session.library(pipeline.library).scenarios.get(session.choice)
    return shapes.Choice(session.choice, False, len(loaded.rules) if loaded else 0)


def overrides(session: Session, pipeline: Pipeline) -> Iterator[shapes.Override]:
    for rule in session.overrides:
        answers = sum(session.state.taken((key, rule.path)) for key in _keys(session, pipeline))
        yield shapes.Override(rule.id, rule.place, rule.times, answers)


def _keys(session: Session, pipeline: Pipeline) -> set[str]:
    """What counts are kept under: an override may have answered in front of several scenarios."""
    own = (session.choice,) if isinstance(session.choice, Scenario) else ()
    return {scenario.key for scenario in (*session.library(pipeline.library).scenarios.values(), *own)}


def faults(session: Session, now: float) -> Iterator[shapes.ArmedFault]:
    return (_fault(armed, session.clock(now)) for armed in session.armed(now))


def _fault(armed: Armed, clock: float) -> shapes.ArmedFault:
    seconds = None if armed.until is None else _seconds(armed.until - clock)
    return shapes.ArmedFault(armed.id, armed.chaos.name, armed.chaos.rate, armed.left, seconds)


def clock(session: Session, pipeline: Pipeline) -> shapes.ClockShown:
    now, wall = pipeline.clock.now(), pipeline.clock.wall()
    return shapes.ClockShown(_seconds(session.clock(now)), session.wall(wall), session.advanced)


def timing(session: Session) -> shapes.TimingShown:
    found = session.timing or Timing()
    pace = None if found.pace is None else found.pace.model_dump(exclude_defaults=True)
    return shapes.TimingShown(found.delay, pace, session.time_scale)


def in_list(scenario: Scenario, pipeline: Pipeline) -> loaded.ScenarioInList:
    chosen = scenario.name == pipeline.library.chosen
    file = str(scenario.document.path)
    return loaded.ScenarioInList(scenario.name, scenario.description, file, len(scenario.rules), chosen)


def scenario(scenario: Scenario, pipeline: Pipeline) -> loaded.ScenarioShown:
    sessions = pipeline.sessions.all(pipeline.clock.now())
    return loaded.ScenarioShown(
        name=scenario.name,
        description=scenario.description,
        file=str(scenario.document.path),
        chosen=scenario.name == pipeline.library.chosen,
        rules=tuple(_rule(rule, scenario, sessions) for rule in scenario.rules),
    )


def _rule(rule: Rule, scenario: Scenario, sessions: Iterable[Session]) -> loaded.RuleShown:
    counts = {session.name: session.state.taken((scenario.key, rule.path)) for session in sessions}
    answers = {name: count for name, count in counts.items() if count}
    return loaded.RuleShown(rule.id, rule.place, rule.fallback, rule.times, answers)


def rule_text(rule: Rule, scenario: Scenario) -> str:
    """As it could stand below `rules:`."""
    from mockgw.scenario.spelling import as_yaml  # few ask for it

    return as_yaml([scenario.document.at(rule.path)])


def _seconds(value: float) -> float:
    """As people read them: to the millisecond."""
    return round(value, 3)


def last_number(journal: Journal) -> int:
    """Of the newest exchange; 0 when there is none."""
    return journal.last.number if journal.last else 0


def troubles(problems: Iterable[Problem]) -> tuple[shapes.Trouble, ...]:
    return tuple(map(_trouble, problems))


def _trouble(problem: Problem) -> shapes.Trouble:
    if problem.line is None:
        return shapes.Trouble(problem.message, problem.code, problem.severity, path=problem.at)
    where = {"file": str(problem.path), "line": problem.line, "column": problem.column}
    return shapes.Trouble(problem.message, problem.code, problem.severity, **where)  # type: ignore[arg-type]  # as named
