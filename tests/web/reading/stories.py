"""Stories as pages show them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import httpx
from bs4 import BeautifulSoup

from service.model import Call, Contact, Embargo, Mention, Printed, Reading

NOW = datetime.now(UTC)
NINE = datetime(2026, 11, 20, 9, 5, tzinfo=ZoneInfo("Asia/Seoul"))
LIFTED = datetime(2026, 5, 28, 10, 30, tzinfo=ZoneInfo("Asia/Seoul"))
READING = Reading(
    title="수출 상담회 참가기업 모집",
    text="첫 문단\n\n구분\t올해\n기업\t75\n\n끝",
    publishers=("mss",),
    unknown_publisher=None,
    subtitles=("- 작은 제목 -",),
    kind="notice",
    published_at=NINE,
    precision="minute",
    embargo=Embargo("보도시점 2026. 5. 28. 10:30", online=Printed(date(2026, 5, 28), "10:30")),
    contacts=(Contact("통상과", "사무관", "누리", "044-000-0000"),),
    call=Call(
        is_call=True, end=date(2026, 12, 20), end_clock="18:00", sentence="12월 20일 18시까지"
    ),
    mentions=(Mention("제2차 한–중 협의회", "한–중 협의회/실무", 2),),
)


async def shown(client: httpx.AsyncClient, path: str) -> BeautifulSoup:
    answer = await client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "lxml")


def entries(page: BeautifulSoup, heading: str) -> list[str]:
    """What the entries under a heading say, each on one line."""
    title = next(each for each in page.find_all("h2") if each.get_text().startswith(heading))
    listed = title.find_next(["ol", "ul"])
    assert listed is not None
    return [" ".join(each.get_text(" ").split()) for each in listed.find_all("li")]


def today() -> date:
    """Today in Korea, asked when it is needed: a day may end while the tests run."""
    return datetime.now(ZoneInfo("Asia/Seoul")).date()
