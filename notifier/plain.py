"""A letter as plain text, for those who read that, and where no markup is."""

from __future__ import annotations

from collections.abc import Sequence

from notifier.labels import Labels
from notifier.letter import Entry, Letter


def plain(letter: Letter) -> str:
    """The letter for those who read plain text, the weightiest first. No final newline."""
    heads = " ".join(f"[{each}]" for each in letter.badges)
    parts = [
        [each for each in (heads, letter.title, letter.byline) if each],
        list(letter.lines),
        _listed(letter.labels.changes, letter.changes),
        [letter.extract] if letter.extract else [],
        [f"{label}: {value}" for label, value in letter.facts],
        *(_entry(each, at, letter.labels) for at, each in enumerate(letter.entries, 1)),
        [_leading(letter.more)] if letter.more else [],
        [_leading(letter.action)] if letter.action else [],
        [f"{letter.labels.source}: {letter.url}"] if letter.url else [],
        _listed(letter.labels.why, ["".join(each.text for each in why) for why in letter.why]),
        _listed(letter.labels.files, [f"{each.name} {each.url}".strip() for each in letter.files]),
        [letter.footer, *map(_leading, letter.links)],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _listed(label: str, shown: Sequence[str]) -> list[str]:
    return [label, *(f"- {each}" for each in shown)] if shown else []


def _leading(linked: tuple[str, str]) -> str:
    label, url = linked
    return f"{label}: {url}" if url else label


def _entry(entry: Entry, at: int, labels: Labels) -> list[str]:
    heads = "".join(f"[{each}] " for each in entry.badges)
    why = "".join(piece.text for piece in entry.why)
    dismiss = _leading((labels.dismiss, entry.dismiss)) if entry.dismiss else ""
    under = (entry.byline, entry.deadline, why, entry.url, dismiss)
    return [f"{at}. {heads}{entry.title}", *(f"   {each}" for each in under if each)]
