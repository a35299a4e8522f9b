"""JUnit XML for CI: one test case a gate and one an eval case. Whatever a text holds, the XML is well formed."""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from guard.evaluation.gate import Row, Ruling
from guard.evaluation.report.marked import visible
from guard.evaluation.report.material import Material
from guard.evaluation.report.scenes import Scene, scenes

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML may hold, not even as references (XML 1.0, production 2)."""


def junit(material: Material) -> str:
    """A gate that cannot tell is skipped, unless the suite counts it as a failure. An error is an error, no failure.

    A case fails where a fact held before and no longer does: a view of CI that is always red tells nobody anything.
    """
    suites = Element("testsuites", name=_xml(material.run.head.suite))
    if material.ruling:
        _gates(SubElement(suites, "testsuite", name="gates"), material.ruling)
    _cases(SubElement(suites, "testsuite", name="cases"), material)
    for suite in suites:
        for name, tag in (
            ("tests", "testcase"),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            suite.set(name, str(len(list(suite.iter(tag)))))
    indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _gates(suite: Element, ruling: Ruling) -> None:
    for n, fault in enumerate(ruling.faults, 1):
        _told(_case(suite, "run", f"{fault.kind} {n}"), "error", fault.told)
    for row in ruling.rows:
        _gate(_case(suite, "gates", row.name), row)


def _gate(case: Element, row: Row) -> None:
    told = f"{row.found}: {row.reason}"
    match row.counts:
        case "pass":
            pass
        case "fail":
            _told(case, "failure", told)
        case "inconclusive" | "warn":
            _told(case, "skipped", told)


def _cases(suite: Element, material: Material) -> None:
    for one in scenes(material.run, {}, material.flips_by_case(), None):
        case = _case(suite, "cases", one.id)
        if one.error:
            _told(case, "error", one.error)
        elif one.harmful:
            _told(case, "failure", _why(one))


def _why(one: Scene) -> str:
    worse = f"; held before: {', '.join(one.harmful)}" if one.harmful else ""
    return f"not {', '.join(one.bad)}{worse}. Readers: {one.labelled}. Guard: {one.said}."


def _case(suite: Element, of: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=of, name=_xml(name))


def _told(case: Element, tag: str, told: str) -> None:
    SubElement(case, tag, message=_xml(told))


def _xml(text: str) -> str:
    return _NOT_XML.sub(lambda found: ascii(found.group())[1:-1], visible(text))
