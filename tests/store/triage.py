"""What the tests of triage have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from service.store.owing import Concern, Why
from service.store.stories import Place
from service.store.verdicts import Verdict

FACTS = {"title": "제목"}
HITS = [{"rule": "수출", "excerpt": "수출 상담"}]


def owing(
    *keys: str,
    to: Sequence[int] = (),
    facts: Mapping[str, object] = FACTS,
    until: datetime | None = None,
) -> Verdict:
    return Verdict(Place(keys), facts, Concern([Why(HITS)], dict.fromkeys(to, 0)), until)
