"""``pabal read``: what documents, pages and records say, for a person or as JSON Lines."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service import config
from service.errors import UserError
from service.jsonl import records, tell
from service.model import Given

if TYPE_CHECKING:
    from scrapers.documents.model import Document
    from scrapers.fetch import Fetcher
    from service.documents import Documents

_AHEAD = 8  # documents handed over before the first is printed

_Said = dict[str, Any]


def read(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|URL|-", help="파일, 주소, -: JSON Lines / files, addresses, - for stdin"
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines")] = False,
) -> None:
    """문서가 무엇을 말하는지 봅니다. / Read what documents say.

    HWPX, HWP, PDF, HTML, 글. 종류는 이름이 아니라 내용으로 압니다. / Told by content, not by name.
    """
    reader = _Reader(as_json=as_json)
    if sources == ["-"]:
        for record in records():
            reader.tell(reader.of_record(record))
        return
    missing = [each for each in sources if not _is_url(each) and not Path(each).is_file()]
    if missing:
        raise UserError(f"{missing[0]}: 파일이 없습니다 (no such file)")
    asyncio.run(_read_all(reader, sources))


async def _read_all(reader: _Reader, sources: Sequence[str]) -> None:
    """Read in the order given; a few are handed over before the first is told."""
    from service.documents import Documents  # noqa: PLC0415
    from service.parts import publishers  # noqa: PLC0415

    settings = config.from_environment()
    async with AsyncExitStack() as stack:
        documents = await stack.enter_async_context(Documents())
        fetcher = await stack.enter_async_context(aclosing(publishers(settings)))
        under_way: deque[asyncio.Task[_Said]] = deque()
        async with asyncio.TaskGroup() as group:
            for each in sources:
                under_way.append(group.create_task(_one(reader, each, documents, fetcher)))
                if len(under_way) == _AHEAD:
                    reader.tell(await under_way.popleft())
            while under_way:
                reader.tell(await under_way.popleft())


async def _one(reader: _Reader, source: str, documents: Documents, fetcher: Fetcher) -> _Said:
    from scrapers.documents.model import DocumentError  # noqa: PLC0415
    from scrapers.errors import ScrapeError  # noqa: PLC0415
    from scrapers.model import Request  # noqa: PLC0415

    name = source if _is_url(source) else Path(source).name
    try:
        if _is_url(source):
            page = (await fetcher.get(Request(source))).page
            content = page.body if page else b""
        else:
            try:
                content = await asyncio.to_thread(Path(source).read_bytes)
            except OSError as error:
                return reader.unread(name, f"refused: {error.strerror}")
        document = await documents.read(content)
    except (DocumentError, ScrapeError) as error:
        return reader.unread(name, str(error))
    return reader.of_document(name, document)


class _Reader:
    """The reading and judging rooms with their data, loaded once."""

    def __init__(self, *, as_json: bool) -> None:
        from service.judging.topics import Topics  # noqa: PLC0415
        from service.reading.publishers import Registry  # noqa: PLC0415

        self._as_json = as_json
        self._registry = Registry.load()
        self._topics = Topics.load()

    def of_record(self, record: _Said) -> _Said:
        """What one line of JSON says."""
        from service.reading.record import given  # noqa: PLC0415

        try:
            known = given(record)
        except ValueError as error:
            raise UserError(f"id {record.get('id')}: published: {error}") from error
        return {"id": record.get("id"), **self._said(known), "full_text": known.text}

    def of_document(self, name: str, document: Document) -> _Said:
        """What one document says."""
        facts, moment = document.facts, document.facts.published
        given = Given(
            text=document.text,
            title=facts.title,
            publisher=facts.outlet,
            published_at=moment.at if moment else None,
            precision=moment.precision if moment else None,
            byline=facts.byline,
            news=facts.article,
        )
        about = {"source_file": name, "container": document.container, "parser": document.parser}
        about |= {"lacks": document.lacks} if document.lacks else {}
        return {"id": name, **about, **self._said(given), "full_text": document.text}

    def unread(self, name: str, why: str) -> _Said:
        """A document that gives no text: everything null or empty, and why."""
        empty = self._said(Given("")) | {"kind": None, "topics": [], "primary_topic": None}
        return {"id": name, "source_file": name, **empty, "full_text": "", "error": why}

    def _said(self, given: Given) -> _Said:
        from service.reading import kind, record, release  # noqa: PLC0415

        reading = release.read(given, (), self._registry)
        said = record.plain(reading, self._registry)
        publisher = reading.publishers[0] if reading.publishers else None
        found = self._topics.judge(reading.title, reading.text, publisher)
        if reading.kind != "news":
            title, called = given.title or reading.title, reading.call.is_call
            said["kind"] = kind.of(title, reading.text, called, scores=found.kinds)
        return {
            **said,
            "topics": [each._asdict() for each in found.topics],
            "primary_topic": found.primary,
            "support_fields": list(self._topics.fields(reading.title, reading.text)),
        }

    def tell(self, said: _Said) -> None:
        """Print what one document says."""
        if self._as_json:
            tell([said])
        else:
            from service.shown import show  # noqa: PLC0415

            show(said)


def _is_url(source: str) -> bool:
    return source.startswith(("http://", "https://"))
