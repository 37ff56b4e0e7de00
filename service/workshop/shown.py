"""What the commands say of a declaration, a page, a proposal: lines of text. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scrapers.model import Detail, Moment, Page, Post, Source
from service import visit
from service.model import SEOUL
from service.workshop.discover import Found, Proposal
from service.workshop.near import excerpt
from service.workshop.trial import Line

_FIRST = 3  # lines of a text
_POSTS = 5  # of a proposal
_WIDTH = {"second": "%Y-%m-%d %H:%M:%S", "minute": "%Y-%m-%d %H:%M", "day": "%Y-%m-%d"}


def page(what: str, got: Page) -> str:
    """Which page it is."""
    return f"{what}: {got.url} ({got.status}, {len(got.body):,} bytes)"


def fields(lines: Iterable[Line]) -> Iterator[str]:
    """Each field beside what it finds."""
    for each in lines:
        example = f"  “{excerpt(each.example)}”" if each.example else ""
        yield f"  {each.mark} {each.field:<14} {each.sought}  → {each.found}{example}"
        if not each.ok:
            there = "\n        ".join(each.instead) or "—"
            yield f"      그 자리에 있는 것 / what stands there:\n        {there}"


def posts(source: Source, found: Sequence[Post]) -> Iterator[str]:
    """Posts as they would be stored."""
    yield f"저장될 모습 / as stored: {len(found)}"
    for each in found:
        row = visit.found(source, each)
        who = row.publisher or source.publisher or "—"
        yield f"  {_moment(each.published)}  {row.title}"
        yield f"      [{who}] key={row.key}  {row.url}{'  (고정 / pinned)' if each.pinned else ''}"


def _moment(at: Moment | None) -> str:
    """A date with how much of it was written."""
    if at is None:
        return "날짜 없음 / no date"
    return f"{at.at.astimezone(SEOUL):{_WIDTH[at.precision]}} ({at.precision})"


def detail(read: Detail) -> Iterator[str]:
    """What a post's own page says."""
    if read.title:
        yield f"  제목 / title: {read.title}"
    if read.published:
        yield f"  날짜 / date: {_moment(read.published)}"
    for file in read.files:
        yield f"  첨부 / file: {file.name}  {file.url}"
    yield f"  본문 / text: {len(read.text):,}자"
    for line in [line for line in read.text.splitlines() if line.strip()][:_FIRST]:
        yield f"    {line[:100]}"
    if read.body is not None:
        yield f"  본문이 있는 곳 / the text is at: {read.body.url}"


def discovered(found: Found) -> Iterator[str]:
    """Proposals ready to be saved, and what was tried in vain."""
    for url, why in found.failed:
        yield f"✗ {url}: {why}"
    if not found.proposals:
        yield "읽을 수 있는 피드나 목록을 찾지 못했습니다 / no feed and no list was found"
    elif 'platform = "board"' in found.proposals[0].text:
        yield "피드가 없어 목록을 짐작했습니다 / no feed: a guess at the list follows"
    for each in found.proposals:
        yield from _proposal(each)


def _proposal(each: Proposal) -> Iterator[str]:
    yield f"\n# {each.id}.toml — 읽은 것 / what it read: {len(each.posts)}"
    for post in each.posts[:_POSTS]:
        yield f"#   {_moment(post.published)}  {excerpt(post.title)}  {post.url}"
    if each.note:
        yield f"# ! {each.note}"
    yield each.text.rstrip("\n")
