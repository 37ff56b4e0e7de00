"""What a robots.txt lets us do, how long it counts, and what its absence means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from scrapers.errors import (
    Disallowed,
    RedirectTrouble,
    ScrapeError,
    ServerTrouble,
    Throttled,
    TooLarge,
    Unreachable,
)
from scrapers.robots import Robots
from scrapers.wire import Errand, Reply

PAGE = "https://press.example.go.kr/list?page=2"


class Host:
    """A host that says one thing at a time, its clock, and the rules we keep of it."""

    def __init__(self, body: str = "", status: int = 200) -> None:
        self.says: Reply | ScrapeError = self.reply(body, status)
        self.asked: list[str] = []
        self.now = datetime(2026, 11, 2, tzinfo=UTC)
        self.robots = Robots(self._ask, lambda: self.now)

    @staticmethod
    def reply(body: str = "", status: int = 200, **headers: str) -> Reply:
        url = httpx.URL("https://press.example.go.kr/robots.txt")
        return Reply(url, status, headers, body.encode())

    async def delay(self, url: str = PAGE) -> float:
        return await self.robots.delay(httpx.URL(url), Errand(url, pause=0, left=30))

    async def _ask(self, url: httpx.URL, _errand: Errand) -> Reply:
        self.asked.append(str(url))
        if isinstance(self.says, ScrapeError):
            raise self.says
        return self.says


async def test_rules_that_are_out_of_date_are_forgotten_when_a_new_host_comes() -> None:
    host = Host()
    for number in range(3):
        await host.delay(f"https://h{number}.example.kr/")
    host.now += timedelta(hours=24)
    await host.delay("https://new.example.kr/")

    assert (*host.robots._kept,) == (*host.robots._locks,) == (b"new.example.kr",)


async def test_robots_txt_is_asked_once_a_day_for_each_host() -> None:
    host = Host()
    for _ in range(2):
        await host.delay()
    await host.delay("http://www.example.go.kr:8080/view")
    assert host.asked == [
        "https://press.example.go.kr/robots.txt",
        "http://www.example.go.kr:8080/robots.txt",
    ]
    host.now += timedelta(hours=24)
    await host.delay()
    assert len(host.asked) == 3


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow:\n", True),
        ("User-agent: *\nDisallow: /\n", False),
        ("\ufeffUser-agent: *\rDisallow: /list\r", False),
        ("User-agent: *\nDisallow: /*?page=\n", False),
        ("User-agent: *\nDisallow: /\nAllow: /list\n", True),
        ("User-agent: Yeti\nUser-agent: Scrapy\nDisallow: /\n", True),
        ("User-agent: Yeti\nUser-agent: Pabal\nDisallow: /\n", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Pabal\nDisallow: /admin\n", True),
        ("<html><body>페이지를 찾을 수 없습니다</body></html>", True),
    ],
)
async def test_the_rules_for_us_are_kept(rules: str, allowed: bool) -> None:
    host = Host(rules)
    if allowed:
        assert await host.delay() == 0
    else:
        with pytest.raises(Disallowed) as raised:
            await host.delay()
        assert raised.value.url == PAGE


@pytest.mark.parametrize(
    ("said", "delay"), [("10", 10.0), ("0.5", 0.5), ("-1", 0), ("inf", 0), ("99999", 600.0)]
)
async def test_a_crawl_delay_is_told_within_reason(said: str, delay: float) -> None:
    assert await Host(f"User-agent: *\nCrawl-delay: {said}\n").delay() == delay


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
async def test_a_host_without_robots_txt_is_open(status: int) -> None:
    host = Host("User-agent: *\nDisallow: /\n", status)
    assert await host.delay() == 0
    assert await host.delay() == 0
    assert len(host.asked) == 1


async def test_a_robots_txt_that_leads_nowhere_counts_as_none() -> None:
    host = Host()
    host.says = RedirectTrouble(PAGE, "a redirect loop")
    assert await host.delay() == 0


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (Host.reply(status=500), ServerTrouble),
        (Host.reply(status=503), ServerTrouble),
        (Unreachable(PAGE, "no whole answer"), Unreachable),
        (TooLarge(PAGE, "over 10 bytes"), TooLarge),
    ],
)
async def test_trouble_is_told_for_five_minutes_and_then_asked_about_again(
    says: Reply | ScrapeError, error: type[ScrapeError]
) -> None:
    host = Host()
    host.says = says
    for url in (PAGE, "https://press.example.go.kr/view"):
        with pytest.raises(error, match=r"robots\.txt: ") as raised:
            await host.delay(url)
        assert raised.value.url == url
    assert len(host.asked) == 1
    host.now += timedelta(minutes=5)
    host.says = host.reply()
    assert await host.delay() == 0


async def test_a_throttled_robots_txt_says_how_long_to_wait() -> None:
    host = Host()
    host.says = host.reply(status=429, **{"retry-after": "60"})
    with pytest.raises(Throttled) as raised:
        await host.delay()
    assert raised.value.retry_after == 60


async def test_a_robots_txt_made_to_be_slow_is_read_at_once() -> None:
    agents = "".join(f"User-agent: a{number}\n" for number in range(12_000))
    host = Host(agents + "Disallow: /x\n" * 12_000 + "User-agent: *\nDisallow: /list\n")
    with pytest.raises(Disallowed):  # as 12,000 groups of 12,000 rules this would take minutes
        await host.delay()
