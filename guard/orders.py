"""Words that speak to whoever judges, and not to the customer or to us: forged marks, forged verdicts, orders.

They may stand in what a customer wrote, in a draft or in a tool result. They are read as blanks: neither obeyed nor
held against anybody, so that an attack can win nothing and can have no good reply withheld. Found by what they must
say to mean anything to a judge: our own field names, the marks that part a prompt, or somebody who grades, together
with what a grade is. Customers hardly ever say both.
"""

import re
from collections.abc import Iterator

_MARK = re.compile(
    r"<\|[^|>\n]{1,40}\|>"
    r"|</?\s?(?:data|draft|context|conversation|customer|assistant|system|user|developer|evidence|actions?|(?:tool_?)?results?|verdict|"
    r"judge?ment|judge(?:_output)?|instructions?|prompt|reply|answer|output|history|turns?|moves?|assessment)\b[^<>\n]{0,80}>"
    r"|<{3,}[^<>\n]{0,60}>{0,3}|(?<!>)>{3}(?!>)"
    r"|\[/?(?:INST|SYS|SYSTEM|DATA|END)\]"
    r"|(?-i:\b(?:BEGIN|START|END) (?:OF )?(?:[A-Z]+ ){0,2}(?:DATA|DRAFT|INPUT|MATERIAL|CONVERSATION|EVIDENCE|TEXT|PROMPT|INSTRUCTIONS)\b)"
    r"|^[ \t>*#]{0,6}(?:system|developer|judge|grader|assistant|tool(?: result)?)(?: (?:note|message|prompt|override|\w+_\w+))?[ \t]*:"
    r"|^[ \t>*#]{0,6}(?:tool|function) (?:result|output|call)s?\b[^:\n]{0,40}:"
    r"|<!--",
    re.IGNORECASE | re.MULTILINE,
)
"""What parts a prompt: tags of chat templates, of our own prompts and of those that anybody would write; roles."""
_OURS = re.compile(
    r"\b(?:concrete_step|moves_need|synthetic_empathy|no_action|unbacked_claim|action_(?:done|commit)|vague_commit|emotional_weight|moral_tradeoff|lasting_consequences)\b"
    r"|[\"']?\b(?:verdict|decision|owner|unbacked|judge?ment|urteil|veredicto|verdicte?)\b[\"']?\s*[:=]\s*(?:\[|[\"']?(?:ok|send|pass|ai|human|escalate|rewrite|approved|true|false|none|null)\b)",
    re.IGNORECASE,
)
"""The names of our own facts, and a verdict written out."""
_ROLE = (
    r"(?:judge|grader|reviewer|evaluator|assessor|annotator|classifier|moderator|auditor|checker|evaluador\w*|revisor\w*|calificador\w*|avaliador\w*|"
    r"évaluateur|evaluateur|relecteur|correcteur|vérificateur|classificateur|bewerter\w*|prüfer\w*|gutachter\w*|jaanchne wale)"
)
_MACHINE = (
    r"(?:(?:reply|response|answer|quality|review(?:ing)?|judging|grading|scoring|checking|safety|evaluation|guard|auto\w*) ?-?(?:model|judge|grader|reviewer|evaluator|checker|classifier|guard|gate|filter|bot|ai|llm)"
    r"|(?:model|ai|llm|system|bot|modelo|modèle|modell) (?:that|who|which|que|qui|das|de|d['’]) ?(?:checks?|reviews?|judges?|grades?|rates?|evaluates?|eval[uú]a\w*|revisa|avalia\w*|évalu\w*|relit|bewertet|prüft)"
    r"|(?:bewertungs|prüf|bewerter|richter)-?(?:modell|system|ki|instanz)\w*|"
    + _ROLE
    + r" (?:autom[aá]tic[oa]|automatique)|automatische\w* "
    + _ROLE
    + r")"
)
_CALLED = re.compile(
    rf"\b(?:to|for|dear|hey|hi|hello|attention|note|message|para|al?|ao?|für|an|pour|à|au|ke liye)\b[^.!?\n]{{0,12}}\b{_MACHINE}\b"
    rf"|^\W*(?:dear |hey |hello |liebe[rs]? |querid[oa] |caro |cher )?(?:{_MACHINE}|{_ROLE})\s?[,:;–—-]"
    rf"|\b(?:note|message|memo|ps|p\.s\.|nota|hinweis|anmerkung|consigne|remarque|instruc\w+|aviso|mensaje|mensagem)\b[^.!?\n]{{0,20}}\b{_ROLE}\b"
    r"|\bwho(?:m?ever|ever)? (?:checks|reviews|judges|grades|rates|scores|evaluates) (?:this|these|the|my|our|such)?\s?(?:\w+ )?(?:answers?|repl(?:y|ies)|drafts?|responses?|conversations?|chats?)\b",
    re.IGNORECASE,
)
"""Somebody who grades is spoken to, in the languages of our cases."""
_GRADER = re.compile(rf"\b(?:{_MACHINE}|{_ROLE})\b(?<!\bjudge)", re.IGNORECASE)
_GRADING = re.compile(
    r"\b(?:mark|rate|grade|score|label|classif(?:y|ique|iquez|ica|iquen)|count(?:s|ed)? as|treat|certif\w+|sign(?:ed)? (?:it|this|the \w+) off|"
    r"marca\w*|califica\w*|eval[uú]a\w*|avali[ae]\w*|classifique\w*|aprove|note[zr]?|évalue\w*|classe[zr]?|approuve\w*|"
    r"bewerte\w*|werte\w*|stufe\w*|markiere\w*|urteile?\w*|mark karo|maan lo)\b",
    re.IGNORECASE,
)
_VERDICT = re.compile(
    r"\b(?:ok|okay|pass(?:ed|es)?|approved|compliant|acceptable|concrete|full (?:answer|marks|score)|can go out|"
    r"aprobad[oa]|aprovad[oa]|prouvée?s?|conforme|belegt|freigegeben|in ordnung|sahi|theek)\b",
    re.IGNORECASE,
)
_THE_DRAFT = re.compile(
    r"\b(?:drafts?|(?:this|the|that|such an?|these|an?) (?:\w+ )?(?:reply|replies|response|answers?)|entwurf\w*|antwort|borrador|respuesta|rascunho|resposta|brouillon|réponse|jawab)\b",
    re.IGNORECASE,
)
_PIECE = re.compile(r"\(?[^.!?…\n(]*[.!?…]*[\"'”’)\]]*[ \t]*\n?")
"""A sentence, or what is said in brackets."""
_INLINE = re.compile(r"\b(?:system|developer|judge|grader|reviewer|evaluator)\s?:", re.IGNORECASE)
_STEMS = (
    "<|", "</", "< ", "<<", "<!-", "<d", "<c", "<s", "<u", "<e", "<a", "<r", "<v", "<j", "<i", "<p", "<o", "<h", "<t", "<m", ">>>",
    "[inst", "[sys", "[/", "[end", "[data", "system", "developer", "assistant", "tool", "function ",
    "e_step", "s_need", "c_emp", "o_act", "d_cl", "n_done", "n_comm", "e_comm", "l_weight", "l_trade", "g_cons",
    "verdict", "decision", "owner", "unbacked", "judg", "urteil", "veredict", "grader", "grading", "review", "evaluat", "evaluador",
    "assessor", "annotat", "classif", "moderator", "auditor", "checker", "checking", "checks", "revisor", "calificador", "avaliador",
    "relecteur", "correcteur", "vérificateur", "évalu", "bewert", "prüf", "gutachter", "jaanch", "scoring", "scores ", "rates ", "grades ", "model", "filter", "guard", "llm", " ai ", " ai,", " ai.", " ai:", " ai-", " ai;", "-ai ", " bot ", " bot,", " bot.", " bot:", " bot-", " bot;", "-bot ", "automat",
    "reply", "replies", "response", "answer", "draft", "entwurf", "antwort", "borrador", "respuesta", "rascunho", "resposta",
    "brouillon", "réponse", "jawab",
)  # fmt: skip
"""Of what every form above holds at least one, in small letters: most texts hold none, and are not read any further."""
_LOUD = ("BEGIN ", "START ", "END ")
"""The same of the one form that is written in capitals: in small letters "send " would hold it too."""
_INK = re.compile(r"[^\n]")
_LONGEST = 20_000
"""Characters that are looked at one sentence at a time; in what is longer, marks are found and sentences are not."""


def stems_in(text: str) -> tuple[str, ...]:
    """What makes it worth looking closer. Whoever has many texts asks of all of them at once, and then of each for these."""
    small = text.lower()
    return (*[stem for stem in _STEMS if stem in small], *[stem for stem in _LOUD if stem in text])


def orders_in(text: str, stems: tuple[str, ...] | None = None) -> tuple[tuple[int, int], ...]:
    """Where they stand, as places of the text.

    Between the first mark and the last everything is part of the forgery, and so is the rest of a line in which
    somebody has begun to speak to a judge. stems: those that the text may hold, where they are known.
    """
    if stems is None:
        stems = stems_in(text)
    else:
        small = text.lower()
        stems = tuple([stem for stem in stems if stem in small or stem in text])
    if not stems:
        return ()
    marks = [m.span() for m in _MARK.finditer(text)]
    found = [(_line_start(text, marks[0][0]), _line_end(text, marks[-1][1]))] if marks else []
    if len(text) <= _LONGEST:
        found += _spoken(text)
    return tuple(found)


def without_orders(text: str, stems: tuple[str, ...] | None = None) -> str:
    """The same text with blanks where they stood: every other place keeps its number."""
    for start, end in orders_in(text, stems):
        text = text[:start] + _INK.sub(" ", text[start:end]) + text[end:]
    return text


def _spoken(text: str) -> list[tuple[int, int]]:
    """Sentences that speak to a judge, each with what follows it on its line."""
    found: list[tuple[int, int]] = []
    speaking = False
    for start, end in _pieces(text):
        said = text[start:end]
        speaking = speaking or _speaks(said)
        if speaking:
            found.append((start, end))
        speaking = speaking and not said.endswith("\n")
    return found


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Sentences and what stands in brackets; a role with a colon begins one wherever it stands."""
    for piece in _PIECE.finditer(text):
        start, end = piece.span()
        for role in _INLINE.finditer(text, start + 1, end):
            yield start, role.start()
            start = role.start()
        if start < end:
            yield start, end


def _speaks(said: str) -> bool:
    """One of our own names; or a grader is called; or grading, with two of: who grades, what is graded, with what result."""
    if _OURS.search(said) or _CALLED.search(said):
        return True
    if not _GRADING.search(said):
        return False
    return sum(form.search(said) is not None for form in (_GRADER, _THE_DRAFT, _VERDICT)) >= 2


def _line_start(text: str, place: int) -> int:
    """Where the mark's line begins, unless words of the customer stand before it."""
    start = text.rfind("\n", 0, place) + 1
    return start if not re.search(r"\w", text[start:place]) else place


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end
