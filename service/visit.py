"""Visit: what publishers show, as it is stored: posts of a list, a post's own page, its files.

The same whether a list is polled or read back, a page seen for the first time or looked at again.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from scrapers.documents.container import container_of
from scrapers.documents.model import Container, DocumentError
from scrapers.errors import Gone, ScrapeError, ServerTrouble
from scrapers.fetch import Fetcher
from scrapers.model import Detail, File, Moment, Page, Post, Request, Source
from service import pick
from service.model import SEOUL, Article, Found
from service.store.database import storable
from service.store.opened import Filed, Opened

_KEY, _URL, _TITLE = 300, 2_000, 1_000  # characters; none of the real ones comes near
_PARTS = 50
_BYTES = 50 * 2**20
_HEAD = 4096
_QUOTED = 80  # bytes


@dataclass(frozen=True, slots=True)
class Visited:
    """What an article's own page says.

    ``lacks``: why its text could not be had, for which ``opened`` has the words of the list. All
    else is the page's: some keep their text elsewhere, and that may fail alone.
    """

    opened: Opened
    lacks: ScrapeError | None = None


def found(source: Source, post: Post) -> Found:
    """Bring a post into the form that is stored: bounded, clean, with its day and precision."""
    summary = _clean(post.summary or "")
    whole = source.open(post) is None
    key, moment = storable(post.key), post.published
    return Found(
        key=key if len(key) <= _KEY else hashlib.sha256(key.encode()).hexdigest(),
        url=_clean(post.url)[:_URL],
        title=_clean(post.title)[:_TITLE],
        publisher=post.publisher and _clean(post.publisher),
        published_at=moment.at if moment else None,
        precision=moment.precision if moment else None,
        summary=summary,
        text=_clean(post.text or summary) if whole else None,
    )


def own_page(source: Source, article: Article) -> Request | None:
    """The request for the article's own page; None where the list says all there is."""
    return source.open(Post(article.key, article.url, article.title))


async def get(fetcher: Fetcher, request: Request, source: Source, *, urgent: bool = False) -> Page:
    """One page, whole. Raises ScrapeError."""
    page = (await fetcher.get(request, pause=source.pause, urgent=urgent)).page
    assert page is not None  # no validators were sent, so 304 cannot come
    return page


async def read(
    fetcher: Fetcher, request: Request, source: Source, article: Article, *, urgent: bool
) -> Visited:
    """What the article's own page at ``request`` says. Raises ScrapeError."""
    page_of = partial(get, fetcher, source=source, urgent=urgent)
    # Parsing a real page takes a tenth of a second: not on the event loop.
    detail = await asyncio.to_thread(source.read_post, await page_of(request))
    text, lacks = "", None
    try:
        text = _clean("\n".join([detail.text, *await _parts(source, detail, page_of)]))
    except ScrapeError as error:
        lacks = error
    moment = None if _coarser(detail.published, article) else detail.published
    opened = Opened(
        text=text or article.summary,
        title=detail.title and _clean(detail.title)[:_TITLE],
        publisher=detail.publisher and _clean(detail.publisher),
        published_at=moment.at if moment else None,
        precision=moment.precision if moment else None,
        files=_filed(detail.files),
    )
    return Visited(opened, lacks)


def _coarser(moment: Moment | None, article: Article) -> bool:
    """Whether this is but the day of the time that the list gave, as a feed does beside a board."""
    if moment is None or moment.precision != "day" or article.published_at is None:
        return False
    days = {each.astimezone(SEOUL).date() for each in (moment.at, article.published_at)}
    return article.precision != "day" and len(days) == 1


async def download(fetcher: Fetcher, source: Source, name: str, url: str, *, urgent: bool) -> bytes:
    """The bytes of a file. Raises ScrapeError, ServerTrouble where words came in its place."""
    answer = await fetcher.get(Request(url), pause=source.pause, urgent=urgent, size=_BYTES)
    assert answer.page is not None  # no validators were sent, so 304 cannot come
    content = answer.page.body
    if not content:
        raise ServerTrouble(url, "an empty file came")
    came = _shown(content)
    if came == "html" and not name.casefold().endswith((".html", ".htm")):
        raise ServerTrouble(url, "a web page came in place of the file")
    if came == "text" and pick.is_packed(name):
        raise ServerTrouble(url, f"words came in place of the file: {_start(content)!r}")
    return content


def _clean(text: str) -> str:
    """``text`` as it is stored."""
    return storable(text).strip()


async def _parts(
    source: Source, detail: Detail, page_of: Callable[[Request], Awaitable[Page]]
) -> list[str]:
    """The pages of a text that is kept outside the post's page, until one is missing."""
    texts: list[str] = []
    request = detail.body
    while request is not None and len(texts) < _PARTS:
        try:
            part = source.read_part(await page_of(request))
        except Gone:
            if not texts:
                raise
            break
        texts.append(part.text)
        request = part.more
    return texts


def _filed(files: Sequence[File]) -> tuple[Filed, ...]:
    """The files of a post, each with its place among the documents that are read."""
    places = pick.places([each.name for each in files])
    return tuple(
        Filed(_clean(each.name), _clean(each.url), place)
        for each, place in zip(files, places, strict=True)
    )


def _shown(content: bytes) -> Container | None:
    """What the start of a file is read as; None where it is packed, or of no kind that is read."""
    try:
        return container_of(content[:_HEAD])
    except DocumentError:
        return None


def _start(content: bytes) -> str:
    return " ".join(content[:_QUOTED].decode("utf-8", "ignore").split())
