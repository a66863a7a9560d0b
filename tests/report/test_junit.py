from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase

from mockgw.report.junit import junit, writable
from tests.report.stories import GOLDENS, Story, bad_day, good_day, told

Results = dict[str, list[type]]


def read(found: str, folder: Path) -> JUnitXml:
    """The report as a program reads it that shows such."""
    file = folder / "report.xml"
    file.write_text(found, encoding="utf-8")
    return JUnitXml.fromfile(str(file))


def results(report: JUnitXml) -> Results:
    """What each case came to that did not pass."""
    cases: list[TestCase] = [case for suite in report for case in suite]
    return {case.name: [type(one) for one in case.result] for case in cases if case.result}


def test_a_bad_day() -> None:
    assert told(junit, bad_day()) == (GOLDENS / "report.xml").read_text(encoding="utf-8")


def test_each_session_is_a_suite_and_each_check_a_case(tmp_path: Path) -> None:
    report = read(junit(bad_day().judged()), tmp_path)
    names = [suite.name for suite in report]
    assert names == ["mockgw.run", "mockgw.session.default", "mockgw.session.good", 'mockgw.session.<b>"&"<i>']
    assert [suite.tests for suite in report] == [len(list(suite)) for suite in report]
    assert report.tests == sum(suite.tests for suite in report)


def test_what_fails_is_a_failure_and_a_warning_is_skipped(tmp_path: Path) -> None:
    found = results(read(junit(bad_day().judged(("verdict",))), tmp_path))
    assert found["retry_after_ignored"] == [Failure]
    assert found["gave_up_without_retry"] == [Skipped]
    assert found["every request has an answer"] == [Skipped]


def test_what_nobody_can_know_is_an_error_if_it_counts(tmp_path: Path) -> None:
    story = good_day()
    story.gateway.journal._evict()
    report = read(junit(story.judged()), tmp_path)
    assert results(report)["retry_storm"] == [Error]
    assert results(read(junit(story.judged(("verdict",))), tmp_path))["retry_storm"] == [Skipped]
    assert report.errors == sum(suite.errors for suite in report) == 9


@pytest.mark.parametrize(("text", "written"), [("a\tb\n", "a\tb\n"), ("\x00\x1b\ud800\uffff", "\ufffd" * 4)])
def test_what_xml_cannot_say_is_replaced(text: str, written: str) -> None:
    assert writable(text) == written


def test_hostile_requests_leave_it_well_formed() -> None:
    story = Story("rules: [{match: {prompt: Hi}, reply: Hi}]")
    story.ask("]]> <a b='\x01\x0b'> &nbsp; \ufffe")
    story.ask("Hi", x_mockgw_scenario="\x08")
    [failure] = ET.fromstring(junit(story.judged())).findall(".//failure")
    assert "]]> <a b=" in (failure.text or "")
