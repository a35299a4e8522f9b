"""Short ways to write a template in a test."""

from pathlib import Path

INPUTS = """\
  draft: {type: text, trust: untrusted, example: "I see."}
  turns:
    type: turns
    drop: oldest
    example:
      - {role: customer, content: "My lamp is broken."}
  urgent: {type: flag, example: true}
"""


def prompt(
    place: Path,
    id: str = "p",
    *,
    user: str = "{{ draft | fence('draft') }}",
    system: str = "Read.",
    inputs: str = INPUTS,
    more: str = "",
    budget: str = "{tokens: 4000, reply: 100}",
) -> Path:
    """Write a template of two messages, its user block at line 15 with the usual inputs, and give its path."""
    path = place / f"{id}.md"
    path.write_text(
        f"---\nid: {id}\ndescription: a prompt of a test\nbudget: {budget}\ninputs:\n{inputs}{more}---\n"
        f"{{% block system %}}{system}{{% endblock %}}\n{{% block user %}}{user}{{% endblock %}}\n",
        encoding="utf-8",
        newline="",
    )
    return path


def turns(place: Path, **given: str) -> Path:
    """A template that shows every turn and the draft."""
    shows = "{% for turn in turns %}{{ turn.n }} {{ turn.role }}: {{ turn.content | fence(turn.role) }}\n{% endfor %}{{ draft | fence('draft') }}"
    return prompt(place, user=shows, **given)
