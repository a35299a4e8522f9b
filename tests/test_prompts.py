"""Templates: how they are found, checked, laid over one another, fitted to their budget, kept and pinned."""

import json
import logging
import os
import re
import shutil
import socket
from collections.abc import Iterator
from hashlib import sha1
from pathlib import Path

import pytest

from guard import Action, Guard, Preferences, ToolCall, Turn
from guard.errors import PromptError
from guard.outcome import Rewritten, Withheld
from guard.policy import Model
from guard.prompts import FaultyError, OverBudgetError, Prompts, read_lock, tokens
from guard.prompts.lock import Lock, written
from guard.prompts.tree import shipped
from guard.report import line
from guard.settings import Settings
from tests.cases import EMPTY_SORRY, REFUND, case
from tests.readings import answer, asking
from tests.stub import Stub
from tests.templates import INPUTS, prompt, turns

EXAMPLE = {"draft": "I see.", "turns": (Turn("customer", "My lamp is broken."),), "urgent": True}


def texts(place: Path, brand: str | None = None, locale: str | None = None) -> list[str]:
    made = Prompts(place, brand, locale).get("p")
    return [m.text for m in made.render(made.example(), "s").messages]


def refusal(place: Path, id: str = "p") -> str:
    with pytest.raises(PromptError) as caught:
        Prompts(place).get(id)
    return str(caught.value).removeprefix(f"{place}/")


# What is shipped


@pytest.mark.parametrize("id", Prompts().names())
def test_every_shipped_prompt_renders_its_example_within_its_budget(id: str) -> None:
    made = Prompts().get(id)

    assert re.fullmatch(rf"{id}@[0-9a-f]{{12}}", made.version)
    assert made.warnings == ()
    if made.roles:
        rendered = made.render(made.example(), "s")
        assert rendered.messages[0].role == "system"
        assert rendered.messages[-1].role == "user"
        assert made.header.budget is not None
        assert rendered.tokens < made.header.budget.tokens / 2


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_fences() -> None:
    made = Prompts().get("judge")

    once, again, other = (Prompts().get("judge").render(made.example(), seed) for seed in ("a", "a", "b"))

    assert once == again
    assert once.messages[-1] != other.messages[-1]
    assert once.messages[:-1] == other.messages[:-1]


def test_a_text_for_people_is_no_request_and_a_request_no_text() -> None:
    with pytest.raises(PromptError, match=r"use text\(\)"):
        Prompts().get("holding").render({"id": "CG-1", "urgent": False}, "s")
    with pytest.raises(PromptError, match=r"use render\(\)"):
        Prompts().get("handoff").text({})


# Roles


def test_messages_come_in_the_order_of_their_names_and_an_empty_one_stays_out(tmp_path: Path) -> None:
    path = prompt(tmp_path, user="Now this.", system="")
    shots = "".join(
        f"{{% block {name} %}}{name}{{% endblock %}}\n"
        for name in ("assistant", "assistant_10", "user_10", "assistant_2", "user_2")
    )
    path.write_text(path.read_text() + shots)

    made = Prompts(tmp_path).get("p")
    told = made.render(EXAMPLE, "s").messages

    assert [m.text for m in told] == [
        "user_2",
        "assistant_2",
        "user_10",
        "assistant_10",
        "Now this.",
        "assistant",
    ]
    assert [m.role for m in told] == ["user", "assistant"] * 3


# Front matter


@pytest.mark.parametrize(
    ("front", "told"),
    [
        ("id: p\ndescription: x\ninputs: {}\ntemprature: 0\n", "p.md:5: temprature: Extra inputs"),
        ("id: q\ndescription: x\ninputs: {}\n", "p.md:2: id is 'q', and the file is p.md"),
        ("id: p\nid: p\ndescription: x\ninputs: {}\n", "p.md:3: 'id' is there twice"),
        ("id: p\ndescription: yes\ninputs: {}\n", "p.md:3: yes is true or false in YAML"),
        (
            "id: p\ndescription: x\ninputs: {a: {type: txt, trust: trusted, example: x}}\n",
            "p.md:4: inputs.a: ",
        ),
        (
            "id: p\ndescription: x\ninputs: {a: {type: text, example: x}}\n",
            "p.md:4: inputs.a.text.trust: Field",
        ),
        (
            "id: p\ndescription: x\ninputs:\n  t: {type: turns, trust: trusted, example: []}\n",
            "p.md:5: inputs.t.turns.trust: Input should be 'untrusted'",
        ),
        (
            "id: p\ndescription: x\ninputs: {}\nbudget: {tokens: 5, reply: 5}\n",
            "p.md:5: budget.reply leaves no token",
        ),
        (
            "id: p\ndescription: x\ninputs: {}\nparameters: {temperature: 3}\n",
            "p.md:5: parameters.temperature: ",
        ),
        ("id: [p\n", "p.md:3: no valid YAML"),
    ],
)
def test_a_fault_of_the_front_matter_is_named_with_its_line(front: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "p.md").write_text(f"---\n{front}---\nHello.\n")

    assert refusal(tmp_path).startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"Hello.", "p.md:1: there is no front matter"),
        (b"---\nid: p\n", "p.md:1: the front matter has no end"),
        (b"---\nid: \xff\xfe", "p.md:2: the byte 0xff is no text in UTF-8"),
    ],
)
def test_a_file_that_is_no_template_is_refused(text: bytes, told: str, tmp_path: Path) -> None:
    (tmp_path / "p.md").write_bytes(text)

    assert refusal(tmp_path).startswith(told)


@pytest.mark.parametrize("id", ["q", "_part", "../p", "", "p.md", "overlays/p"])
def test_a_prompt_that_is_not_there_is_answered_with_those_that_are(id: str, tmp_path: Path) -> None:
    prompt(tmp_path)
    (tmp_path / "_part.md").write_text("x")

    assert f"there is no prompt {id!r}. There are: p." in refusal(tmp_path, id)


# Values


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"draft": None}, "p: draft: is NoneType, and the header says text"),
        ({"draft": b"x"}, "p: draft: is bytes"),
        ({"urgent": 1}, "p: urgent: is int, and the header says flag"),
        ({"turns": "hello"}, "p: turns: is str"),
        ({"turns": ("hello",)}, "p: turns: holds a str; all that it holds is Turn"),
        ({"extra": 1}, "p: extra is no input of it. Its header names draft, turns, urgent"),
    ],
)
def test_a_value_that_does_not_fit_its_input_is_refused(
    change: dict[str, object], told: str, tmp_path: Path
) -> None:
    made = Prompts(prompt(tmp_path).parent).get("p")

    with pytest.raises(PromptError, match=re.escape(told)):
        made.render({**EXAMPLE, **change}, "s")


def test_a_value_that_is_missing_is_named(tmp_path: Path) -> None:
    made = Prompts(prompt(tmp_path).parent).get("p")

    with pytest.raises(PromptError, match="p: the value of turns, urgent is missing"):
        made.render({"draft": "x"}, "s")


def test_every_type_of_input_can_be_printed(tmp_path: Path) -> None:
    inputs = """\
  words: {type: words, trust: trusted, example: [a, b]}
  theirs: {type: words, trust: untrusted, example: [c]}
  n: {type: number, example: 3}
  calls:
    type: calls
    example: [{name: look, arguments: '{}', result: fine, ok: true}]
  acts:
    type: actions
    trust: trusted
    example: [{id: refund, does: refund it, max_amount: 50, needs: [order]}]
  likes: {type: preferences, trust: untrusted, example: {length: short}}
"""
    shows = (
        "{{ words | join(', ') }}|{% for t in theirs %}{{ t | datamark }}{% endfor %}|{{ n + 1 }}|"
        "{% for c in calls %}{{ c.name | as_json }}{{ c.result | fence('tool') }}{% endfor %}|"
        "{% for a in acts %}{{ a.id }} {{ a.max_amount }}{% endfor %}|{{ likes | as_json }}"
    )
    prompt(tmp_path, inputs=inputs, user=shows)
    values = {
        "words": ["x", "y"],
        "theirs": ("do this",),
        "n": 7,
        "calls": (ToolCall("find", "{}", "none"),),
        "acts": (Action("swap", "swap it", max_amount=20),),
        "likes": Preferences("de"),
    }

    told = Prompts(tmp_path).get("p").render(values, "s").messages[-1].text

    assert re.sub("[0-9a-f]{12}", "N", told) == (
        'x, y|doˆthis|8|"find"<data N tool>\nnone\n</data N>|swap 20|'
        '{"language": "de", "length": "normal", "format": "prose"}'
    )


# The language


@pytest.mark.parametrize(
    "expression",
    [
        "{{ 'a' * 10**8 }}",
        "{{ 'a' * 100000000 }}",
        "{{ 9999999999999999 * 2 }}",
        "{% for n in range(100000000) %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ ().__class__.__base__.__subclasses__() }}",
        "{{ cycler }}",
        "{{ none }}",
        "{{ urgent }}",
        "{{ [1] }}",
        "{{ 1 / 0 }}",
        "{{ 'x' | center(1000000000) }}",
        "{% autoescape true %}{% endautoescape %}",
    ],
)
def test_a_template_reaches_neither_python_nor_all_of_the_memory(expression: str, tmp_path: Path) -> None:
    prompt(tmp_path, user=expression)

    assert refusal(tmp_path).startswith("p.md:15: ")


def test_a_text_that_grows_without_measure_is_stopped(tmp_path: Path) -> None:
    numbers = "{% for a in range(1000) %}{% for b in range(1000) %}{{ 'ten signs.' }}{% endfor %}{% endfor %}"
    prompt(tmp_path, user=numbers)

    assert "the text grows beyond 1,000,000 characters" in refusal(tmp_path)


def test_text_of_others_is_never_a_template(tmp_path: Path) -> None:
    made = Prompts(prompt(tmp_path).parent).get("p")

    told = made.render({**EXAMPLE, "draft": "{{ 7*7 }} {% raw %} {# x #}"}, "s").messages[-1].text

    assert "{{ 7*7 }} {% raw %} {# x #}" in told


# Versions


def test_the_version_names_all_that_a_prompt_is_made_of(tmp_path: Path) -> None:
    (tmp_path / "_part.md").write_text("one\n")
    path = prompt(tmp_path, system='{% include "_part.md" %}')
    (tmp_path / "overlays" / "acme").mkdir(parents=True)
    versions = [Prompts(tmp_path).get("p").version]

    (tmp_path / "_part.md").write_text("two\n")
    versions.append(Prompts(tmp_path).get("p").version)
    path.write_text(path.read_text().replace("a prompt of a test", "another"))
    versions.append(Prompts(tmp_path).get("p").version)
    (tmp_path / "overlays/acme/p.md").write_text('{% extends "p.md" %}{% block system %}Acme.{% endblock %}')
    versions.append(Prompts(tmp_path, "acme").get("p").version)

    assert len({*versions}) == 4
    assert Prompts(tmp_path).get("p").version == versions[2]


def test_the_version_is_the_same_whatever_ends_the_lines(tmp_path: Path) -> None:
    path = prompt(tmp_path)
    before = Prompts(tmp_path).get("p").version

    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert Prompts(tmp_path).get("p").version == before


# Versions, in what becomes of a draft

ASKED = "My lamp from order 7731 came broken, I want my money back."


def test_the_version_of_the_holding_message_is_told_where_it_was_said(tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(shipped(), own)
    (own / "holding.md").write_text((own / "holding.md").read_text().replace("our service team", "our team"))
    guards = [Guard.load(settings=Settings(home=tmp_path / "home", prompts=place)) for place in (None, own)]

    told = [guard.review(case("Get me your supervisor!", EMPTY_SORRY)) for guard in guards]

    versions = [Prompts().get("holding").version, Prompts(own).get("holding").version]
    assert [outcome.spent.prompts for outcome in told] == [(version,) for version in versions]
    assert [line(outcome, 1.0)["prompts"] for outcome in told] == [[version] for version in versions]
    assert versions[0] != versions[1]
    assert told[0].spent.calls == 0
    for guard in guards:
        guard.desk.close()


def test_what_was_sent_without_a_template_names_none(guard: Guard) -> None:
    assert guard.review(case("Thanks, bye!", "You're welcome, bye!")).spent.prompts == ()


def test_a_rewrite_that_has_no_room_for_its_request_leaves_its_version(stub: Stub, tmp_path: Path) -> None:
    call = ToolCall("get_order", "{}", "lamp " * 40_000, ok=True)
    with asking(stub, tmp_path, judge="local", rewrite="llm") as made:
        outcome = made.review(case(ASKED, EMPTY_SORRY, may=(REFUND,), evidence=(call,)))

    assert isinstance(outcome, Withheld)
    assert stub.calls == 0
    assert outcome.spent.prompts == (Prompts().get("rewrite").version, Prompts().get("holding").version)
    assert outcome.spent.calls == 0


def test_a_rewrite_that_a_model_left_alone_was_not_asked_for_leaves_its_version(
    stub: Stub, tmp_path: Path
) -> None:
    stub.answer = (500, {})
    with asking(stub, tmp_path, judge="local", rewrite="llm", model=Model(retries=0, failures=1)) as made:
        found = [made.review(case(ASKED, EMPTY_SORRY, may=(REFUND,), id=str(n))) for n in range(2)]

    assert stub.calls == 1
    for outcome in found:
        assert outcome.spent.prompts == (Prompts().get("rewrite").version, Prompts().get("holding").version)


def test_a_rewrite_that_was_sent_names_its_own_version_alone(stub: Stub, tmp_path: Path) -> None:
    reply = "I can refund order 7731 to your card. Shall I go ahead?"
    commitments = [{"quote": "I can refund order 7731 to your card.", "action": "refund"}]
    stub.answer = (200, answer({"possible": True, "reply": reply, "commitments": commitments}))
    with asking(stub, tmp_path, judge="local", rewrite="llm") as made:
        outcome = made.review(case(ASKED, EMPTY_SORRY, may=(REFUND,)))

    assert isinstance(outcome, Rewritten)
    assert outcome.spent.prompts == (Prompts().get("rewrite").version,)


def test_the_packet_tells_the_version_that_read_the_draft(stub: Stub, tmp_path: Path) -> None:
    stub.answer = (200, answer("no JSON"))
    with asking(stub, tmp_path) as made:
        outcome = made.review(case(ASKED, EMPTY_SORRY))
        assert isinstance(outcome, Withheld)
        found = made.desk.packet(outcome.receipt.id)

    assert found is not None
    assert json.loads(found[1])["withheld_draft"]["judge"] == Prompts().get("judge").version


# Overlays


@pytest.fixture
def branded(tmp_path: Path) -> Path:
    prompt(tmp_path, system="Base.{% block voice %} Plain.{% endblock %}{% block law %} Law.{% endblock %}")
    path = tmp_path / "p.md"
    path.write_text(path.read_text().replace("inputs:", "locked: [law]\ninputs:", 1))
    return tmp_path


def overlay(place: Path, where: str, body: str, first: str = '{% extends "p.md" %}') -> Path:
    path = place / "overlays" / where / "p.md"
    path.parent.mkdir(parents=True)
    path.write_text(f"{first}\n{body}\n")
    return path


def test_the_most_special_overlay_wins_and_each_may_use_what_lies_below(branded: Path) -> None:
    overlay(branded, "_/de", "{% block voice %} Deutsch.{% endblock %}")
    overlay(branded, "acme", "{% block voice %}{{ super() }} Acme.{% endblock %}")
    overlay(branded, "acme/de", "{% block voice %}{{ super() }} Both.{% endblock %}")

    def told(brand: str | None, locale: str | None) -> str:
        return texts(branded, brand, locale)[0]

    assert told(None, None) == "Base. Plain. Law."
    assert told(None, "de") == told("other", "de") == "Base. Deutsch. Law."
    assert told("acme", None) == told("acme", "fr") == "Base. Plain. Acme. Law."
    assert told("acme", "de") == "Base. Deutsch. Acme. Both. Law."


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{% block law %}None.{% endblock %}", "the block law is locked by the base. (E109)"),
        ("{% block system %}None.{% endblock %}", "the block system holds law, which the base has locked"),
        ("{% block voice %}{% block law %}{% endblock %}{% endblock %}", "the block law is locked"),
        ("{% set draft = 'x' %}", "an overlay holds blocks only; this would be lost. (E109)"),
        ("{% block vioce %}x{% endblock %}", "the base has no block vioce, so it shows nowhere. (E107)"),
        ("{% block voice %}{{ draft }}{% endblock %}", "printed bare"),
    ],
)
def test_an_overlay_replaces_blocks_that_are_not_locked_and_nothing_else(
    branded: Path, body: str, told: str
) -> None:
    overlay(branded, "acme", body)

    with pytest.raises(FaultyError, match=re.escape(told)) as caught:
        Prompts(branded, "acme").get("p")
    assert "overlays/acme/p.md:2: " in str(caught.value)
    assert texts(branded)[0] == "Base. Plain. Law."


def test_an_overlay_extends_its_base_and_has_no_header_of_its_own(branded: Path) -> None:
    overlay(branded, "acme", "Hello.", first="")
    overlay(branded, "bolt", "", first='---\nid: p\n---\n{% extends "p.md" %}')

    with pytest.raises(FaultyError, match=re.escape('an overlay begins with {% extends "p.md" %}')):
        Prompts(branded, "acme").get("p")
    with pytest.raises(FaultyError, match="an overlay has no front matter"):
        Prompts(branded, "bolt").get("p")


def test_what_a_locked_block_includes_is_what_the_base_says(branded: Path) -> None:
    (branded / "_law.md").write_text("The base's law.")
    path = branded / "p.md"
    path.write_text(path.read_text().replace(" Law.", ' {% include "_law.md" %}'))
    overlay(branded, "acme", "{% block voice %} {% include '_law.md' %}{% endblock %}")
    (branded / "overlays/acme/_law.md").write_text("Acme's law.")

    assert texts(branded, "acme")[0] == "Base. Acme's law. The base's law."


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "a b", "x" * 80])
def test_a_brand_is_a_name_and_no_path(branded: Path, name: str) -> None:
    with pytest.raises(PromptError, match="is no name of an overlay"):
        Prompts(branded, name).get("p")
    with pytest.raises(PromptError, match="is no name of an overlay"):
        Prompts(branded, "acme", name).get("p")


# Budget


def said(n: int) -> tuple[Turn, ...]:
    """Customer and assistant in turn, fifty words each, the customer last."""
    return tuple(
        Turn("assistant" if i % 2 else "customer", f"turn{i:02} " + "word " * 50) for i in range(2 * n + 1)
    )


def test_the_oldest_turns_go_first_and_the_prompt_says_how_many(tmp_path: Path) -> None:
    made = Prompts(turns(tmp_path, budget="{tokens: 1000, reply: 300}").parent).get("p")

    rendered = made.render({**EXAMPLE, "turns": said(10), "draft": "The draft."}, "s")

    told = rendered.messages[-1].text
    left = re.findall(r"turn(\d\d) ", told)
    assert rendered.tokens <= 700
    assert 0 < rendered.omitted < 20
    assert left == [f"{n:02}" for n in range(rendered.omitted, 21)]
    assert told.startswith("0 omitted: <data ")
    assert f"[{rendered.omitted} earlier turns omitted]" in told
    assert f"{rendered.omitted} {'assistant' if rendered.omitted % 2 else 'customer'}: <data" in told
    assert "The draft." in told


def test_no_more_turns_are_left_out_than_there_must_be(tmp_path: Path) -> None:
    place = turns(tmp_path, budget="{tokens: 1000, reply: 300}").parent
    values = {**EXAMPLE, "turns": said(10)}
    omitted = Prompts(place).get("p").render(values, "s").omitted
    needed = (
        Prompts(turns(tmp_path, budget="{tokens: 100000}").parent)
        .get("p")
        .render({**values, "turns": said(10)[omitted - 1 :]}, "s")
    )

    assert needed.omitted == 0
    assert needed.tokens > 700


def test_one_turn_left_out_is_told_as_one(tmp_path: Path) -> None:
    made = Prompts(turns(tmp_path, budget="{tokens: 300}").parent).get("p")
    long = (Turn("customer", "word " * 400), Turn("assistant", "Hm."), Turn("customer", "And?"))

    assert "[1 earlier turn omitted]" in made.render({**EXAMPLE, "turns": long}, "s").messages[-1].text


def test_the_customers_last_turn_and_the_draft_are_never_left_out(tmp_path: Path) -> None:
    made = Prompts(turns(tmp_path, budget="{tokens: 200}").parent).get("p")
    long = "word " * 300

    for change in ({"draft": long}, {"turns": (*said(2), Turn("customer", long), Turn("assistant", "Hm."))}):
        with pytest.raises(OverBudgetError, match=r"p: the request needs \d+ tokens .* and has 200"):
            made.render({**EXAMPLE, **change}, "s")


def test_where_the_header_does_not_allow_it_no_turn_is_left_out(tmp_path: Path) -> None:
    place = turns(tmp_path, inputs=INPUTS.replace("    drop: oldest\n", ""), budget="{tokens: 500}").parent

    with pytest.raises(OverBudgetError, match="with nothing in it that may be left out"):
        Prompts(place).get("p").render({**EXAMPLE, "turns": said(10)}, "s")


def test_a_prompt_that_would_hide_that_turns_are_missing_is_refused(tmp_path: Path) -> None:
    prompt(
        tmp_path,
        user="{% for t in turns %}{% if t.n > 10 %}{{ t.content | fence('customer') }}{% endif %}{% endfor %}",
        budget="{tokens: 400}",
    )

    with pytest.raises(PromptError, match="turns were left out, and the prompt does not show it"):
        Prompts(tmp_path).get("p").render({**EXAMPLE, "turns": said(10)}, "s")


def test_a_text_longer_than_any_request_is_over_budget_even_without_one(tmp_path: Path) -> None:
    path = prompt(tmp_path)
    path.write_text(path.read_text().replace("budget: {tokens: 4000, reply: 100}\n", ""))

    with pytest.raises(OverBudgetError, match="more characters than any request has"):
        Prompts(tmp_path).get("p").render({**EXAMPLE, "draft": "x" * 1_000_001}, "s")


# Tokens


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A cache that is empty, and a network that nobody may touch."""

    def touched(*_: object, **__: object) -> None:
        pytest.fail("the network was touched")

    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(cache))
    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, touched)
    monkeypatch.setattr("tiktoken.list_encoding_names", lambda: ["o200k_base", "cl100k_base"])
    tokens._encoding.cache_clear()
    yield cache
    tokens._encoding.cache_clear()  # what was not found here is there for others


@pytest.mark.parametrize(
    "model", [None, "gpt-4.1-mini", "gpt-4", "gpt-oss-20b", "text-davinci-003", "mistral-7b"]
)
def test_without_a_vocabulary_tokens_are_estimated_and_nothing_is_fetched(
    offline: Path, model: str | None
) -> None:
    counted, estimated = tokens.count("I would like my money back, please.", model)

    assert estimated
    assert 7 <= counted <= 12
    assert list(offline.iterdir()) == []


def test_a_broken_vocabulary_in_the_cache_is_left_alone(offline: Path) -> None:
    for name in ("o200k_base", "cl100k_base"):
        url = f"https://openaipublic.blob.core.windows.net/encodings/{name}.tiktoken"
        (offline / sha1(url.encode()).hexdigest()).write_bytes(b"IQ== 0\n")

    assert tokens.count("Hello there", "gpt-4.1-mini")[1]
    assert len(list(offline.iterdir())) == 2


def test_a_cache_that_is_switched_off_is_not_looked_into(
    offline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")

    assert tokens.count("Hello there", "gpt-4.1-mini") == (2, True)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("", 0, 0),
        ("The kettle from order 7731 leaks. Second one that does.", 12, 18),
        ("Mein Paket ist leider immer noch nicht angekommen.", 9, 20),
        ("日本語で返金を", 5, 9),
        ("😀" * 10, 10, 30),
        ("\n" * 640, 2, 20),
        ("0123456789" * 10, 34, 70),
    ],
)
def test_the_estimate_is_about_right_and_rather_high(text: str, least: int, most: int) -> None:
    assert least <= tokens.estimate(text) <= most


# Reload and pins


def edited(path: Path, old: str, new: str, tick: int) -> None:
    """An edit that a clock of any coarseness shows."""
    path.write_text(path.read_text().replace(old, new))
    os.utime(path, (1_700_000_000 + tick, 1_700_000_000 + tick))


def test_an_edit_is_seen_with_reload_and_not_without(tmp_path: Path) -> None:
    path = prompt(tmp_path)
    still, live = Prompts(tmp_path), Prompts(tmp_path, reload=True)
    before = (still.get("p"), live.get("p"))

    edited(path, "Read.", "Look.", 1)

    assert still.get("p") is before[0]
    assert live.get("p").version != before[1].version
    assert live.get("p") is live.get("p")


def test_a_broken_edit_leaves_the_last_good_version_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = prompt(tmp_path)
    live = Prompts(tmp_path, reload=True)
    good = live.get("p")

    with caplog.at_level(logging.WARNING, "guard.prompts"):
        edited(path, "Read.", "{{ draft }}", 1)
        assert [live.get("p") for _ in range(3)] == [good] * 3

    assert [r.name for r in caplog.records] == ["guard.prompts"]
    assert "p.md:14: " in caplog.text
    assert f"{good.version} stays in use" in caplog.text
    edited(path, "{{ draft }}", "Mended.", 2)
    assert live.get("p").render(EXAMPLE, "s").messages[0].text == "Mended."


def test_a_partial_that_is_gone_leaves_the_last_good_version(tmp_path: Path) -> None:
    (tmp_path / "_part.md").write_text("x")
    prompt(tmp_path, system="{% include '_part.md' %}")
    live = Prompts(tmp_path, reload=True)
    good = live.get("p")

    (tmp_path / "_part.md").unlink()

    assert live.get("p") is good
    assert "there is no file _part.md. (E106)" in refusal(tmp_path)


def test_a_version_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    path = prompt(tmp_path)
    version = Prompts(tmp_path).get("p").version

    assert Prompts(tmp_path, pins={"p": version}).get("p").version == version
    with pytest.raises(PromptError, match="and nothing is pinned"):
        Prompts(tmp_path, pins={}).get("p")
    edited(path, "Read.", "Look.", 1)
    with pytest.raises(PromptError, match=f"is p@[0-9a-f]{{12}}, and {version} is pinned"):
        Prompts(tmp_path, pins={"p": version}).get("p")


def test_a_live_edit_does_not_get_past_the_pins(tmp_path: Path) -> None:
    path = prompt(tmp_path)
    version = Prompts(tmp_path).get("p").version
    live = Prompts(tmp_path, reload=True, pins={"p": version})
    live.get("p")

    edited(path, "Read.", "Look.", 1)

    assert live.get("p").version == version


def test_a_lock_tells_the_pins_of_a_brand_and_a_locale_or_those_below(tmp_path: Path) -> None:
    versions = {
        key: {"p": f"p@{n:012}"} for n, key in enumerate(("_/_", "_/de", "acme/_", "acme/de"), start=1)
    }
    path = tmp_path / "prompts.lock"
    path.write_text(written(Lock(versions)))

    lock = read_lock(path)

    assert lock.pins() == lock.pins("other") == lock.pins("other", "fr") == versions["_/_"]
    assert lock.pins("other", "de") == lock.pins(None, "de") == versions["_/de"]
    assert lock.pins("acme", "fr") == versions["acme/_"]
    assert lock.pins("acme", "de") == versions["acme/de"]


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"v": 2, "prompts": {}}', '{"prompts": {"_/_": {"p": "1"}}}', '{"prompts": {"acme": {}}}'],
)
def test_a_broken_lock_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "prompts.lock"
    path.write_text(text)

    with pytest.raises(
        PromptError, match=r"prompts\.lock: .*Write it again: compassion-guard prompts lock\."
    ):
        read_lock(path)


def test_a_lock_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=r"prompts\.lock: cannot be read \(No such file"):
        read_lock(tmp_path / "prompts.lock")
