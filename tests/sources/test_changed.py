"""Every declared source whose list became another: a login wall, half a page, columns changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from bs4 import Tag
from lxml import etree

from scrapers.errors import ScrapeError
from scrapers.model import Page, Source
from scrapers.platforms import api, feed, intake
from scrapers.platforms.api import Api
from scrapers.platforms.board import Board
from scrapers.platforms.feed import Feed
from scrapers.platforms.opendata import OpenData
from tests.sources.cases import CASES, Case
from tests.sources.test_renamed import watched

LOGIN = '<form action="/login"><input name="id"><input type="password" name="pw"></form>'
INSTEAD: dict[str, str] = {
    "a login wall": f"<html><head><title>로그인</title></head><body>{LOGIN}</body></html>",
    "an error page": "<html><title>오류안내</title><body>요청하신 쪽이 없습니다</body></html>",
    "a notice": "<html><title>안내</title><body>서비스 점검 중입니다</body></html>",
    "a check of browsers": "<html><title>Just a moment...</title><script>x=1</script></html>",
    "a moved page": "<html><head><meta http-equiv='refresh' content='0;url=/new'></head></html>",
    "an application": '<!doctype html><html><body><div id="root"></div></body></html>',
    "a refusal in JSON": '{"error": {"code": 401, "message": "unauthorized"}}',
    "a refusal in XML": "<OpenAPI_ServiceResponse><cmmMsgHeader/></OpenAPI_ServiceResponse>",
    "blanks": " \n",
}
Cell = tuple[Any, Callable[[str], None]]
"""What stands in one place of a row, and how to put something else there."""


def put(element: Any, text: str) -> None:
    if isinstance(element, Tag):
        element.string = text
    else:
        element[:] = []
        element.text = text


def cell(element: Any) -> Cell:
    texts = element.get_text() if isinstance(element, Tag) else "".join(element.itertext())
    return texts, lambda text: put(element, text)


def entry(holder: dict[str, Any], name: str) -> Cell:
    return holder[name], lambda text: holder.update({name: text})


def rows(source: Source, root: Any) -> Iterator[tuple[list[Cell], list[Cell]]]:
    """Titles and dates of every row, as the source declares where they stand."""
    match source:
        case Board():
            for row in root.select(source.row):
                found = [row.select(each) for each in (source.title, source.date)]
                yield tuple([cell(each) for each in some] for some in found)  # type: ignore[misc]
        case Feed():
            for item in feed.at(root, source.item):
                found = [feed.at(item, each) for each in (source.title, source.date or "")]
                yield tuple([cell(each) for each in some] for some in found)  # type: ignore[misc]
        case OpenData():
            for item in root.findall(source.item):
                found = [item.findall(each) for each in (source.title, source.date)]
                yield tuple([cell(each) for each in some] for some in found)  # type: ignore[misc]
        case Api():
            for each in api.at(root, source.rows):  # type: ignore[attr-defined]
                both = []
                for path in (source.title, source.date or ""):
                    around, _, name = path.rpartition(".")
                    holder = api.at(each, around)
                    known = isinstance(holder, dict) and name in holder
                    both.append([entry(holder, name)] if known else [])  # type: ignore[arg-type]
                yield both[0], both[1]


def swapped(titles: list[Cell], dates: list[Cell]) -> None:
    (title, put_title), (date, put_date) = titles[0], dates[0]
    put_title(str(date))
    put_date(str(title))


def all_to(which: int, text: str) -> Callable[[list[Cell], list[Cell]], None]:
    def change(*both: list[Cell]) -> None:
        for _, put_text in both[which]:
            put_text(text)

    return change


COLUMNS: Mapping[str, Callable[[list[Cell], list[Cell]], None]] = {
    "title and date swapped": swapped,
    "no titles": all_to(0, ""),
    "no dates": all_to(1, ""),
    "days of the week for dates": all_to(1, "화요일"),
    "dates of another calendar": all_to(1, "단기 4359년"),
    "dates to come": all_to(1, "2099-12-31"),
}


def changed(case: Case, change: Callable[[list[Cell], list[Cell]], None]) -> tuple[Source, Page]:
    """The source, and its list with every row changed so."""
    source, page = case.source, case.list_page()

    def each_row(root: Any) -> Any:
        for titles, dates in rows(source, root):
            if titles and dates:
                change(titles, dates)
        return root

    match source:
        case Board():
            moved = replace(source, document=lambda page: each_row(source.document(page)))
            return moved, page
        case Api():
            said = each_row(json.loads(page.body))
            return source, case.list_page(json.dumps(said).encode())
        case _:
            root = each_row(intake.tree(page))
            return source, case.list_page(etree.tostring(root, encoding="utf-8"))


def noticed(case: Case, source: Source, page: Page) -> bool:
    """Whether it is refused, told of, or looks otherwise to what watches lists."""
    try:
        listing = source.read_list(page)
    except ScrapeError:
        return True
    return listing.trouble is not None or watched(listing) != watched(case.listing())


@pytest.mark.fault(12)
@pytest.mark.faults
@pytest.mark.parametrize("instead", INSTEAD)
def test_another_page_in_place_of_a_list_is_noticed(
    instead: str, measured: Callable[..., None]
) -> None:
    body = INSTEAD[instead].encode()
    missed = [case.id for case in CASES if not noticed(case, case.source, case.list_page(body))]
    measured(mutants=len(CASES), noticed_percent=100 * (1 - len(missed) / len(CASES)))
    assert missed == []


@pytest.mark.fault(12)
@pytest.mark.faults
def test_half_a_list_is_noticed(measured: Callable[..., None]) -> None:
    halves = [(case, case.list_file.read_bytes()) for case in CASES]
    missed = [
        case.id
        for case, body in halves
        if not noticed(case, case.source, case.list_page(body[: len(body) // 2]))
    ]
    measured(mutants=len(CASES), noticed_percent=100 * (1 - len(missed) / len(CASES)))
    assert missed == []


@pytest.mark.fault(12)
@pytest.mark.faults
@pytest.mark.parametrize("change", COLUMNS)
def test_columns_that_changed_are_noticed(change: str, measured: Callable[..., None]) -> None:
    missed = [case.id for case in CASES if not noticed(case, *changed(case, COLUMNS[change]))]
    measured(mutants=len(CASES), noticed_percent=100 * (1 - len(missed) / len(CASES)))
    assert len(missed) <= len(CASES) / 20, missed
