"""What the API may be asked: numbers, days, filters, each checked before anything is looked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import chain
from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from service.judging.taxonomy import subjects
from service.model import Kind
from service.reading.publishers import Registry
from service.store.browse import Wish
from service.web.api.problems import Problem, Wrong

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOST = 20  # of one filter
LARGEST = 2**63 - 1


def _day(said: Any) -> Any:
    if isinstance(said, str) and not _DAY.fullmatch(said):
        raise ValueError("must look like 2026-10-01")
    return said


def _topic(said: str) -> str:
    if said not in subjects():
        raise ValueError(f"must be one of {', '.join(subjects())}")
    return said


class _Topics:
    """All topics in a schema, read when it is asked for."""

    def __get_pydantic_json_schema__(self, *_: object) -> dict[str, object]:
        return {"type": "string", "enum": list(subjects())}


Day = Annotated[date, BeforeValidator(_day)]
TopicId = Annotated[str, AfterValidator(_topic), _Topics()]
Number = Annotated[int, Path(ge=1, le=LARGEST, description="번호 · its number")]
Cursor = Annotated[
    str | None,
    Field(
        default=None,
        max_length=200,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="앞 쪽의 next 그대로 · `next` of the page before, as it is",
    ),
]
_Limit = Annotated[int, Field(ge=1, le=200, description="한 쪽의 개수 · how many of them")]


class Strict(BaseModel):
    """What may be asked: anything that it does not name is refused."""

    model_config = ConfigDict(extra="forbid")


class Filters(Strict):
    """What is wanted; nothing: everything. Of one filter any is enough."""

    ministry: list[Annotated[str, Field(min_length=1, max_length=60)]] = Field(
        default=[],
        max_length=_MOST,
        description="부처의 id나 이름, 옛 이름이면 이어받은 부처 · id or any name of a ministry; "
        "a former name means whoever carries on its work",
        examples=[["산업부"]],
    )
    topic: list[TopicId] = Field(default=[], max_length=_MOST, description="분야 · topics")
    kind: list[Kind] = Field(default=[], max_length=_MOST, description="종류 · kinds")
    source: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]] = Field(
        default=[], max_length=_MOST, description="출처의 id · ids of sources"
    )
    since: Day | None = Field(default=None, description="첫날, 한국의 날짜 · first day, in Korea")
    until: Day | None = Field(default=None, description="마지막 날 · last day, included")
    open: bool = Field(default=False, description="신청할 수 있는 것만 · open calls alone")

    def wish(self, registry: Registry) -> Wish:
        """What the store is asked. Raises Problem for a ministry that nobody knows."""
        chosen = dict.fromkeys(chain(*(bodies(each, registry) for each in self.ministry)))
        return Wish(
            ministries=tuple(chosen),
            topics=tuple(self.topic),
            kinds=tuple(self.kind),
            since=self.since,
            until=self.until,
            open=self.open,
            sources=tuple(self.source),
        )


class Listing(Filters):
    """A page of what is wanted."""

    cursor: Cursor
    limit: _Limit = 50


class Asking(Strict):
    """A page of a search: ``q`` in the language of the rules."""

    q: str = Field(
        min_length=1,
        max_length=1000,
        pattern=r"^[^\x00]+$",
        description="규칙의 말로 · words, in the language of rules (docs/rules.md)",
        examples=["수출 바우처"],
    )
    newest: bool = Field(default=False, description="새것부터 · the newest first, not the best")
    cursor: Cursor
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class CallListing(Strict):
    """A page of open calls."""

    ministry: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    topic: TopicId | None = None
    cursor: Cursor
    limit: _Limit = 50


def bodies(typed: str, registry: Registry) -> Sequence[str]:
    """The ids behind an id or a printed name. Raises Problem where nobody goes by it."""
    found = registry.known(typed)
    if not found:
        why = f"‘{typed}’: 모르는 부처입니다 (no such ministry)"
        raise Problem("values", why, errors=[Wrong(where="query.ministry", why=why)])
    return [each.id for each in found]
