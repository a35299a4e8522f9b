"""The page of a run: one file that needs nothing else, and on which nobody's words are markup."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

from guard import Case, Turn
from guard.evaluation.case import EvalCase, Expect
from guard.evaluation.comparison import arm
from guard.evaluation.gate import decide
from guard.evaluation.report.material import Material
from guard.evaluation.report.page import page
from guard.evaluation.results import Mark, Odds, Result, Spent
from tests.runs import VERDICT, cases, line, run, suite

HOSTILE = '<script>document.title="owned"</script></script><!--<img src=x onerror=alert(1)>{{7*7}}]]>&amp;"\'\u2028\u202e'
CHROMIUM = shutil.which("chromium")


def with_text(id: str, text: str, draft: str = "Sorry to hear that.") -> EvalCase:
    """A case in which a customer says the text."""
    expect = Expect(
        need="action",
        empathy=False,
        concrete_step=False,
        signals=(),
        dims=(0, 0, 0, 0),
        verdict="no_action",
        owner="ai",
        decision="escalate",
        rewrite=None,
        handoff=None,
    )
    return EvalCase(Case(id, (Turn("customer", text),), draft), id, "gate", {}, expect)


def material(
    now: list[Result], before: list[Result] | None = None, texts: dict[str, EvalCase] | None = None
) -> Material:
    """A run that a suite with one gate has ruled on, beside the run before it."""
    made, base = run(now), run(before) if before else None
    ruling = decide(suite(VERDICT), made, arm(base, "the baseline") if base else None)
    return Material(made, texts or {}, ruling=ruling, base=base)


def saying(words: str) -> Material:
    """A case of which every text is these words, and which got worse; another one with them in its error."""
    one = line(words, False, family=words, slices={"slice": (words,)}, odds=Odds(not_ok=0.4, human=0.1))
    marks = (Mark(turn=0, start=0, end=8, label=words), Mark(turn=None, start=0, end=999, label="step"))
    one = one.model_copy(update={"reply": f"{words} {words}", "marks": marks})
    before = one.model_copy(update={"flags": {"verdict_right": True}, "reply": words})
    texts = {words: with_text(words, words, words)}
    return material([one, line(f"e{words}", error=words), *cases(40)], [before], texts)


@dataclass
class Seen(HTMLParser):
    """What a parser makes of a page: tags, what they point at, and the words outside of scripts."""

    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    islands: list[str] = field(default_factory=list)
    text: str = ""
    inside: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag in ("script", "style"):
            self.inside = dict(attrs).get("type") or tag

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "application/json":
            self.islands.append(data)
        elif not self.inside:
            self.text += data


def seen(html: str) -> Seen:
    """Read it to its end."""
    found = Seen()
    found.feed(html)
    found.close()
    found.text = " ".join(found.text.split())
    return found


def test_the_page_asks_nobody_for_anything() -> None:
    html = page(saying(HOSTILE))
    found = seen(html)

    assert not {"link", "img", "iframe", "object", "embed", "base"} & set(found.tags) - {"link"}
    assert {v for tag, name, v in found.attributes if tag == "link" and name == "href"} == {"data:,"}
    assert all(v.startswith("#") for tag, name, v in found.attributes if tag == "a" and name == "href")
    assert not [
        one for one in found.attributes if one[1] in ("src", "srcset", "action") or one[1].startswith("on")
    ]
    assert not re.search(r"@import|url\(|https?://", html.replace(json.dumps(HOSTILE), ""))
    assert "default-src 'none'" in html


def test_nothing_that_a_case_says_becomes_markup() -> None:
    html = page(saying(HOSTILE))
    found, plain = seen(html), seen(page(saying("no more than plain words")))

    assert found.tags == plain.tags
    assert "{{7*7}}" in found.text
    assert "\u202e" not in html
    assert not [text for text in found.islands if re.search("[<>&\u2028\u2029]", text)]


def test_the_texts_come_back_from_the_inert_data_as_they_were() -> None:
    index, *parts = (json.loads(text) for text in seen(page(saying(HOSTILE))).islands)
    place = [one["id"] for one in index["cases"]].index(next(o["id"] for o in index["cases"] if o["harmful"]))
    whole = parts[place // index["part"]][place % index["part"]]

    assert "".join(p[0] for p in whole["turns"][0]["text"]) == HOSTILE.replace("\u2028", "\\u2028").replace(
        "\u202e", "\\u202e"
    )
    assert whole["turns"][0]["text"][0][:2] == [HOSTILE[:8], whole["turns"][0]["text"][0][1]]
    assert [p[1:] for p in whole["candidate"]["draft"]] == [["step", "step"]]
    assert whole["base"]["said"] == whole["was"]
    assert [p[0] for p in whole["base"]["draft"]] == [p[0] for p in whole["candidate"]["draft"]]


def test_what_both_runs_made_alike_lies_in_the_page_once() -> None:
    (part,) = [json.loads(text) for text in seen(page(material(cases(3), cases(3)))).islands[1:]]

    assert [one["base"] for one in part] == ["same"] * 3


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (cases(60), cases(60), ("PASS", "Every gate of the suite holds")),
        (cases(60, bad=range(20)), cases(60), ("FAIL", "FAIL verdict_right", "Exit code 1")),
        (cases(60), None, ("INCONCLUSIVE", "no baseline", "not a pass")),
        (
            [*cases(60), line("broken", error="it broke")],
            cases(60),
            ("INVALID", "1 of 61 lines are errors", "proves nothing"),
        ),
    ],
)
def test_the_verdict_is_a_word_with_its_reasons(
    now: list[Result], before: list[Result] | None, words: tuple[str, ...]
) -> None:
    found = seen(page(material(now, before))).text

    assert all(word in found for word in words)


def test_a_run_without_a_gate_is_no_verdict() -> None:
    found = seen(page(Material(run(cases(12)))))

    assert "not a verdict" in found.text
    assert "PASS" not in found.text.split("Made by")[0]


def test_what_was_replayed_is_never_told_as_fresh() -> None:
    told = [line(f"c{n}").model_copy(update={"spent": Spent(calls=2, replayed=n)}) for n in range(3)]
    replayed = run(told, models=("m-1",), oldest="2026-11-01T00:00:00+00:00", mode="record-missing")
    text = seen(page(Material(replayed))).text

    assert (
        "3 of 6 model calls were answered by recordings, the oldest of 2026-11-01; 3 were answered anew."
        in text
    )
    assert "no fresh evidence" in text
    assert "50 %" in text


def test_a_gate_is_drawn_against_its_limit_and_told_in_figures_too() -> None:
    found = seen(page(material(cases(60, bad=range(20)), cases(60))))
    drawn = [v for tag, name, v in found.attributes if tag == "svg" and name == "aria-label"]

    assert any("90 % interval [−" in told and "falls by less than 5 points" in told for told in drawn)
    assert "−33.3 pp" in found.text
    assert all(("svg", "role", "img") in found.attributes for _ in drawn)


def test_a_large_run_is_data_and_not_elements() -> None:
    small, large = (seen(page(Material(run(cases(n, bad=range(n)))))) for n in (30, 600))

    assert large.tags.count("details") == small.tags.count("details")
    assert len(large.islands) == 1 + 600 / 50
    assert len(json.loads(large.islands[0])["cases"]) == 600


def test_those_without_a_script_see_what_got_worse() -> None:
    html = page(
        material(cases(60, bad=(3,)), cases(60), {"c0003": with_text("c0003", "Where is my parcel?")})
    )
    inside = html.split("<noscript>")[1].split("</noscript>")[0]

    assert "c0003" in inside
    assert "Where is my parcel?" in inside


def test_a_link_of_a_table_leads_to_its_cases() -> None:
    html = page(material(cases(60, bad=(3,)), cases(60)))

    assert 'href="#show=flips&amp;flag=verdict_right"' in html
    assert 'href="#show=wrong&amp;flag=verdict_right"' in html


@dataclass
class Browser:
    """What a real browser made of a page."""

    dom: str
    complaints: list[str]


def browsed(html: str, place: Path, link: str = "") -> Browser:
    """Open it from the disk, as people do, and read it when it has settled."""
    (place / "page.html").write_text(html, encoding="utf-8")
    quiet = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-quic",
        "--disable-sync",
    )
    still = (
        "--disable-background-networking",
        "--disable-component-update",
        "--enable-logging=stderr",
        "--v=0",
    )
    url = f"{(place / 'page.html').as_uri()}{link}"
    done = subprocess.run(
        [
            CHROMIUM or "",
            *quiet,
            *still,
            f"--user-data-dir={place / 'profile'}",
            "--virtual-time-budget=3000",
            "--dump-dom",
            url,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return Browser(done.stdout, [told for told in done.stderr.splitlines() if "CONSOLE" in told])


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_in_a_real_browser_hostile_words_are_words_and_a_case_opens(tmp_path: Path) -> None:
    found = browsed(page(saying(HOSTILE)), tmp_path)

    assert found.complaints == []
    assert "<title>INVALID" in found.dom
    assert "1 of 42 cases" in found.dom
    card = found.dom.split('id="list"')[1].split("</details>")[0]
    assert "<details" in card
    assert "&lt;script&gt;document.title" in card
    assert '<mark class="step"' in card
    assert "<img" not in found.dom


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_in_a_real_browser_a_link_chooses_cases_and_a_page_holds_few_of_many(tmp_path: Path) -> None:
    html = page(Material(run(cases(600, bad=range(60)))))

    found = browsed(html, tmp_path, "#show=wrong&flag=verdict_right")

    assert found.complaints == []
    assert "60 of 600 cases" in found.dom
    assert "page 1 of 3" in found.dom
    assert found.dom.split('id="list"')[1].split('id="pager"')[0].count("<details") == 25
