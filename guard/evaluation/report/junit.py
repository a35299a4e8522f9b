"""JUnit XML for CI: one test case a gate and one an eval case. Whatever a text holds, the XML is well formed."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from guard.evaluation.gate import Row, Ruling
from guard.evaluation.report.marked import visible
from guard.evaluation.report.material import Material
from guard.evaluation.report.provenance import provenance
from guard.evaluation.report.scenes import Scene, scenes

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML may hold, not even as references (XML 1.0, production 2)."""


def junit(material: Material) -> str:
    """A gate that fails is a failure; one that cannot tell is skipped, unless the suite counts it as a failure.

    A case fails where a fact held before and no longer does: a view of CI that is always red tells nobody anything. The
    file says so. An error is an error, no failure.
    """
    suites = Element("testsuites", name=_xml(material.run.head.suite))
    seen = provenance(material.run)
    if material.ruling:
        gates = SubElement(suites, "testsuite", name="gates")
        _gates(gates, material.ruling)
        _say(gates, (material.ruling.told, *material.ruling.notes, seen.told, *seen.recorded))
    cases = SubElement(suites, "testsuite", name="cases")
    _cases(cases, material)
    _say(cases, (_rule(material), seen.told, *seen.recorded))
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


def _rule(material: Material) -> str:
    """Which cases fail here, for those who count the red ones."""
    bad = sum(bool(one.bad) for one in scenes(material.run, {}, material.flips_by_case(), None))
    if material.compared is None:
        return (
            f"No case can fail here, for nothing was compared: {bad} are not as the readers have them, which the JSON "
            "report and the page show."
        )
    return (
        f"A case fails here where a fact held in {material.compared.base.name} and no longer does, and nowhere else: of "
        f"{bad} that are not as the readers have them, the others were no better before. The JSON report and the page "
        "show all of them; whether a release may go out, the gates say."
    )


def _say(suite: Element, told: Iterable[str]) -> None:
    """What a reader of the file should know; it stands after the cases, as the format has it."""
    SubElement(suite, "system-out").text = _xml("\n".join(told))


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
    return (
        f"got worse: {', '.join(one.harmful)} held before. Not as it should be now: {', '.join(one.bad)}. "
        f"Readers: {one.labelled}. Guard: {one.said}."
    )


def _case(suite: Element, of: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=of, name=_xml(name))


def _told(case: Element, tag: str, told: str) -> None:
    SubElement(case, tag, message=_xml(told))


def _xml(text: str) -> str:
    return _NOT_XML.sub(lambda found: ascii(found.group())[1:-1], visible(text))
