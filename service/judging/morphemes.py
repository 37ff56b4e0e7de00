"""Korean morphology: a stretch of text → its morphemes. CPU only: no file, clock or network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kiwipiepy import Kiwi

AGENCY = "AGENCY"
"""Tag of a public body's own name, beside Kiwi's tags (NNG, NNP, JX, ...)."""

MAX_WINDOW = 2_000
"""Longest stretch analysed as one, in characters; Kiwi's time grows faster than its input."""


class Morph(NamedTuple):
    """One morpheme. ``start`` and ``end`` are character offsets into the analysed stretch."""

    form: str
    tag: str
    start: int
    end: int


Morphs = tuple[Morph, ...]


class Morphology:
    """Kiwi, loaded once (about a second and 350 MB), taught the names of public bodies."""

    def __init__(self, names: Iterable[str]) -> None:
        # The dictionary of multi-word names costs a second and 190 MB and changes no decision.
        self._kiwi = Kiwi(num_workers=1, load_multi_dict=False)
        self._names = frozenset(form for name in names for form in _with_head(name))
        for name in self._names:
            self._kiwi.add_user_word(name, "NNP")

    def analyse(self, windows: Sequence[str]) -> list[Morphs]:
        """Morphemes of each window, in order. What is longer than MAX_WINDOW is read in pieces."""
        pieces = [(i, at) for i, text in enumerate(windows) for at in _starts(text)]
        tokens = self._kiwi.tokenize([windows[i][at : at + MAX_WINDOW] for i, at in pieces])
        found: list[list[Morph]] = [[] for _ in windows]
        for (i, at), piece in zip(pieces, tokens, strict=True):
            found[i] += [
                Morph(
                    token.form, self._tag(token.form, token.tag), token.start + at, token.end + at
                )
                for token in piece
            ]
        return [tuple(morphs) for morphs in found]

    def _tag(self, form: str, tag: str) -> str:
        return AGENCY if form in self._names else tag


def _starts(text: str) -> range:
    return range(0, len(text), MAX_WINDOW)


def _with_head(name: str) -> Iterator[str]:
    """The body and, where its head is called so, the head: 관세청, 관세청장."""
    yield name
    if name.endswith(("청", "처", "원", "위원회")):
        yield f"{name.removesuffix('회')}장"
