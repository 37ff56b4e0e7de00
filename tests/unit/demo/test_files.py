from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup

from scrapers.documents.model import DocumentError
from scrapers.documents.readers import read
from service.demo.sites import files
from service.demo.sites.web import Reply
from service.demo.world import Release, World

MakeRelease = Callable[..., Release]
Get = Callable[..., Reply]
VIEW = "https://www.mss.go.kr/site/smba/ex/bbs/View.do?cbIdx=86&bcIdx={}"
ERROR = b"<html>"


def test_a_document_says_what_a_release_says(make: MakeRelease) -> None:
    embargo = datetime(2026, 5, 28, 10, 30, tzinfo=ZoneInfo("Asia/Seoul"))
    release = make(4, title="「A&B」 <발표>", files=("가.hwpx",), embargo=embargo)

    text = read(files.download(release, 0, ERROR).body).text

    assert "보도시점\t2026. 5. 28.(목) 10:30\t배포\t2026. 11. 20.(금) 09:04" in text
    assert "「A&B」 <발표>\n첫 줄 4\n둘째 줄" in text
    assert "담당 부서\t정책홍보과\t책임자\t과 장" in text


def test_most_documents_are_to_be_published_at_once(make: MakeRelease) -> None:
    text = read(files.download(make(4, files=("가.hwpx",)), 0, ERROR).body).text

    assert "보도시점\t배포 즉시" in text


@pytest.mark.parametrize(
    ("number", "reasons"),
    [(1, {"unsupported", "broken"}), (2, {"encrypted"}), (3, {"broken"})],
)
def test_of_forty_documents_some_cannot_be_read(
    make: MakeRelease, number: int, reasons: set[str]
) -> None:
    content = files.download(make(number, files=("가.hwpx",)), 0, ERROR).body

    with pytest.raises(DocumentError) as caught:
        read(content)
    assert caught.value.reason in reasons


def test_the_ministry_gives_the_files_that_its_page_names(
    get: Get, world: World, make: MakeRelease
) -> None:
    world.publish(make(4, sites=frozenset({"mss"}), files=("가.hwpx", "나.pdf")), at=0.0)
    page = BeautifulSoup(get(VIEW.format(157_000_004)).body, "lxml")
    links = [f"https://www.mss.go.kr{a['href']}" for a in page.select("a.btn.type_down")]

    first, second = (get(link) for link in links)

    assert first.body.startswith(b"PK")
    assert second.body.startswith(b"%PDF")
    assert get(links[0].replace("0040", "0047")).status == 404
    assert get(links[0].replace("bcIdx=157000004", "bcIdx=157000005")).status == 404
