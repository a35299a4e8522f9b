"""Versions that are there, beside those that were blessed."""

from guard.prompts.lock import Lock


def differing(blessed: Lock, now: Lock) -> list[str]:
    """What is another version than the blessed one, missing or new, a line each."""
    told = []
    for where in sorted({*blessed.versions, *now.versions}):
        was, new = blessed.versions.get(where, {}), now.versions.get(where, {})
        told += [
            f"{where} {id}: {was.get(id, 'nothing')} is blessed, {new.get(id, 'nothing')} is there."
            for id in sorted({*was, *new})
            if was.get(id) != new.get(id)
        ]
    return told
