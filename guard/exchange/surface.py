"""Which requests ask for a reply, which are known to bring none, and which cannot be judged."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from guard.errors import UnguardedError
from guard.records import Json

Surface = Literal["chat", "responses", "response", "kept", "no_reply", "unguarded"]
"""A chat completion, a response, one that was asked for before and is read again, other ways to read what was drafted,
and the rest."""

_ID = r"[^/]+"
_NO_REPLY = {
    "GET": rf"models(/{_ID}){{0,2}}|files(/{_ID})?|batches(/{_ID})?",
    "POST": rf"responses/(compact|input_tokens)|embeddings|moderations|images/\w+|audio/(speech|transcriptions|translations)|files|batches(/{_ID}/cancel)?",
    "GET POST": rf"fine_tuning/(jobs|checkpoints)(/{_ID}){{0,3}}|uploads(/{_ID}(/\w+)?)?"
    rf"|vector_stores(/{_ID}(/(search|files|file_batches)(/{_ID}(/\w+)?)?)?)?",
}
"""Ends of paths that are known to hold no reply. What a file holds is not among them: the results of a batch do."""
_AGAIN = {"GET": rf"responses/{_ID}", "POST": rf"responses/{_ID}/cancel"}
_KEPT = {
    "GET": rf"chat/completions(/{_ID}(/messages)?)?|responses/{_ID}/input_items|conversations/{_ID}/items(/{_ID})?",
    "POST": rf"chat/completions/{_ID}",
}
"""Where a server that was asked to keep what we judge gives it back as it was drafted."""


def surface(method: str, path: str) -> Surface:
    """What we judge, what is known to hold no reply; everything else may hold one."""
    if method == "POST" and path.endswith("/chat/completions"):
        return "chat"
    if method == "POST" and path.endswith("/responses"):
        return "responses"
    known = "|".join(end for methods, end in _NO_REPLY.items() if method in methods.split())
    if method == "DELETE" or _ends(path, known):
        return "no_reply"
    if _ends(path, _AGAIN.get(method, "")):
        return "response"
    return "kept" if _ends(path, _KEPT.get(method, "")) else "unguarded"


def _ends(path: str, ends: str) -> bool:
    return bool(ends and re.search(rf"(?:^|/)(?:{ends})/?$", path))


def check_guardable(request: Mapping[str, Json], messages: Json) -> None:
    """Raises `UnguardedError` when the reply to this request is one that cannot be judged."""
    modalities = request.get("modalities")
    if request.get("audio") or (isinstance(modalities, list) and "audio" in modalities):
        raise UnguardedError("modalities: a spoken reply is not guarded yet. Ask for text.")
    if isinstance(messages, list):
        check_words(messages)


def check_words(messages: Sequence[object]) -> None:
    """Raises `UnguardedError` when the customer's last message has no words, a picture alone for example."""
    said = [(n, m) for n, m in enumerate(messages) if isinstance(m, Mapping) and m.get("role") == "user"]
    if said and not _has_words(said[-1][1].get("content")):
        raise UnguardedError(
            f"messages.{said[-1][0]}.content: the customer's last message has no words (a picture, sound or file "
            "alone), and the judge reads words only. Add what it shows or says as text."
        )


def _has_words(content: object) -> bool:
    parts = content if isinstance(content, list) else [{"text": content}]
    texts = [part.get("text") for part in parts if isinstance(part, Mapping)]
    return any(isinstance(text, str) and text.strip() for text in texts)
