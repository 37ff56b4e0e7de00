"""What the replica gives for a file: a real document, or one of the troubles of real servers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from service.demo import hwpx
from service.demo.sites.web import Reply, legible
from service.demo.words import WORDS
from service.demo.world import Release

EVERY_ERROR_PAGE = 10
EVERY_BAD_FILE = 40

_DAYS = "월화수목금토일"
# A page and nothing on it: what a scanned poster says to a machine.
_POSTER = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
xref
0 4
0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \n\
trailer<</Size 4/Root 1 0 R>>
startxref
164
%%EOF
"""


def download(release: Release, index: int, error_page: bytes) -> Reply:
    """File ``index`` of the release; for one number in ten the error page, which comes with 200."""
    number = release.id + index
    if number % EVERY_ERROR_PAGE == 0:
        return Reply(error_page)
    # The real header carries the bytes of UTF-8, which readers take for latin-1.
    name = release.files[index].encode().decode("latin-1")
    disposition = f'attachment; filename="{name}"'
    return Reply(
        _content(release, release.files[index], number % EVERY_BAD_FILE),
        "application/octet-stream",
        headers=(("content-disposition", disposition),),
    )


def _content(release: Release, name: str, fate: int) -> bytes:
    """The bytes; of every forty documents one each is mislabelled, locked and cut short."""
    if name.endswith(".pdf"):
        return _POSTER
    if not name.endswith(".hwpx"):
        return b"\xff\xd8\xff\xe0" + bytes(64)
    if fate == 1:
        return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    whole = hwpx.write(_blocks(release), locked=fate == 2)  # noqa: PLR2004
    return whole[: len(whole) // 2] if fate == 3 else whole  # noqa: PLR2004


def _blocks(release: Release) -> Iterator[hwpx.Block]:
    """A release as ministries lay it out: head, release-time box, title, body, whom to phone."""
    yield [["보도자료", legible(release.ministry)]]
    when = "배포 즉시" if release.embargo is None else _printed(release.embargo)
    yield [["보도시점", when, "배포", _printed(release.published)]]
    yield legible(release.title)
    said = release.text if release.attached is None else release.attached
    yield from map(legible, said.split("\n"))
    first, second = (release.id % 97 + 3, release.id % 89 + 5)
    yield [["구분", "지난해", "올해"], ["참여 기업(개사)", str(first), str(first + second)]]
    yield _contacts(release.id)


def _printed(at: datetime) -> str:
    return f"{at.year}. {at.month}. {at.day}.({_DAYS[at.weekday()]}) {at:%H:%M}"


def _contacts(number: int) -> list[list[str]]:
    people = [
        WORDS["surname"][(number + step) % len(WORDS["surname"])]
        + WORDS["given"][(number * 7 + step) % len(WORDS["given"])]
        for step in (0, 5)
    ]
    return [
        ["담당 부서", "정책홍보과", "책임자", "과 장", people[0], "(044-000-0000)"],
        ["", "", "담당자", "사무관", people[1], f"(044-000-{number % 10_000:04d})"],
    ]
