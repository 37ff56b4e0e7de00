"""A text that is judged by rules, and the rules that hold."""

from collections.abc import Collection
from datetime import date
from typing import Protocol

from service.judging.facts import NOTHING_KNOWN as NO_FACTS
from service.judging.facts import Facts
from service.judging.matcher import Matcher
from service.judging.morphemes import Morphs
from service.model import Call, Match


class Reader(Protocol):
    def one(self, window: str) -> Morphs: ...

    def all(self, windows: Collection[str]) -> dict[str, Morphs]: ...


TITLE = "수출바우처 참여기업 모집"
TEXT = """중소기업의 수출을 돕는 사업이다. 외국인도 신청할 수 있다.
관세청과 함께 통관 상담을 열고, AI 번역을 지원한다. 수출 상담은 따로 알린다."""


def judged(
    matcher: Matcher, reader: Reader, title: str = TITLE, text: str = TEXT, facts: Facts = NO_FACTS
) -> list[Match]:
    trial = matcher.trial(title, text, facts)
    return trial.decide(reader.all(trial.windows))


FACTS = Facts(
    publishers=("mss", "motir"),
    kind="notice",
    topics=("export", "sme"),
    call=Call(is_call=True, end=date(2026, 3, 20)),
    published=date(2026, 3, 10),
    source="mss_press",
    source_kind="government",
)
