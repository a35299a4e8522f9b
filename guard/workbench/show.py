"""A request on the terminal: a box a message, and in it the texts of others coloured by who wrote them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from guard.prompts import Message, Prompt, Rendered
from guard.prompts.budget import A_MESSAGE
from guard.prompts.tokens import count, means
from guard.prompts.untrusted import nonce
from guard.terminal import shown
from guard.workbench.expected import schema_tokens

SEED = "workbench"
_ROLE = {"system": "bold blue", "user": "bold cyan", "assistant": "bold green"}
_SOURCE = {"customer": "yellow", "assistant": "green", "draft": "magenta", "omitted": "bold red"}
_OTHER = "bright_black"
"""Tool results and whatever else a template fences."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Dollars for a million tokens."""

    usd_in: float
    usd_out: float

    def of(self, prompt: Prompt, rendered: Rendered) -> float:
        """What the request costs with its schema and the longest answer that it may have."""
        asked = rendered.tokens + schema_tokens(prompt.header)
        return (asked * self.usd_in + longest_answer(prompt) * self.usd_out) / 1e6


def longest_answer(prompt: Prompt) -> int:
    """Tokens that an answer may have; 0 where the header does not say."""
    header = prompt.header
    return header.parameters.max_output_tokens or (header.budget.reply if header.budget else 0)


def draw(
    out: Console, prompt: Prompt, values: Mapping[str, object], prices: Prices | None, seed: str = SEED
) -> None:
    """Every message as it would be sent, and below what it takes; a text for people as they would read it."""
    if not prompt.roles:
        out.print(Text(lines(prompt.text(values))))
        out.print(Text(prompt.version, "bold"))
        return
    rendered, mark = prompt.render(values, seed), nonce(prompt.version, seed)
    for message in rendered.messages:
        out.print(_box(message, mark, prompt.header.model))
    out.print(Text(summary(prompt, rendered, prices), "bold"))
    out.print(Text(counted(prompt.header.model), "dim"))


def as_object(prompt: Prompt, values: Mapping[str, object], prices: Prices | None) -> dict[str, object]:
    """The same for machines."""
    if not prompt.roles:
        return {"version": prompt.version, "text": prompt.text(values)}
    rendered = prompt.render(values, SEED)
    return {
        "version": prompt.version,
        "model": prompt.header.model,
        "parameters": prompt.header.parameters.sent(),
        "messages": [{"role": m.role, "content": m.text} for m in rendered.messages],
        "tokens": rendered.tokens,
        "estimated": rendered.estimated,
        "counted_with": means(prompt.header.model).used,
        "schema_tokens": schema_tokens(prompt.header),
        "omitted": rendered.omitted,
        "usd_at_most": prices.of(prompt, rendered) if prices else None,
    }


def summary(prompt: Prompt, rendered: Rendered, prices: Prices | None) -> str:
    """Version, tokens and cost on one line."""
    budget = prompt.header.budget
    told = [prompt.version, f"{'about ' * rendered.estimated}{rendered.tokens:,} tokens"]
    if budget:
        told[-1] += f" of {budget.tokens - budget.reply:,}"
    if schema := schema_tokens(prompt.header):
        told.append(f"about {schema:,} for the answer's schema")
    if rendered.omitted:
        told.append(f"{rendered.omitted} earlier turns omitted")
    told.append(f"at most ${prices.of(prompt, rendered):.5f} a call" if prices else "price not known")
    return ", ".join(told)


def counted(model: str | None) -> str:
    """Whether the tokens are exact, what they were counted with, and how they would become exact."""
    how = means(model)
    if how.exact:
        return f"The texts are counted exactly, with {how.used}, the vocabulary of {model}; {A_MESSAGE} tokens are added a message."
    with_ = f"with {how.used}" if how.used else "from the kinds of signs in it, because no vocabulary is here"
    if model is None:
        why = "the header names no model"
    elif how.wanted is None:
        why = f"no vocabulary of {model} is known"
    else:
        why = (
            f"{how.wanted}, the vocabulary of {model}, was not found in tiktoken's cache (TIKTOKEN_CACHE_DIR)"
        )
    return f"The tokens are an estimate {with_}: {why}."


def lines(text: str) -> str:
    """Text of several lines with what a terminal would obey written out."""
    return "\n".join(map(shown, text.split("\n")))


def _box(message: Message, mark: str, model: str | None) -> Panel:
    tokens, guessed = count(message.text, model)
    return Panel(
        _coloured(message.text, mark),
        title=Text(message.role, _ROLE[message.role]),
        title_align="left",
        subtitle=Text(f"{'about ' * guessed}{tokens:,} tokens", "dim"),
        subtitle_align="right",
        border_style="dim",
    )


def _coloured(text: str, mark: str) -> Text:
    told, at = Text(), 0
    for found in re.finditer(rf"<data {mark} ([a-z ]+)>\n(.*?)\n</data {mark}>", text, re.DOTALL):
        told.append(lines(text[at : found.start(2)]))
        told.append(lines(found[2]), _SOURCE.get(found[1], _OTHER))
        at = found.end(2)
    return told.append(lines(text[at:]))
