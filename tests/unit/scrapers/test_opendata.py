"""Lists of data.go.kr in XML: windows of days, codes in place of statuses, answers cut short."""

import random
import time
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from scrapers.errors import Disallowed, LayoutError, ScrapeError, ServerTrouble, Throttled
from scrapers.model import Asking, Listing, Page, Post, Request
from scrapers.platforms.article import ArticleLayout
from scrapers.platforms.opendata import OpenData
from scrapers.sources import korea_kr_api, korea_kr_policy_api, mss_notice_api, mss_press_api

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SERVICE = OpenData(
    publisher=None,
    url="https://apis.data.go.kr/list?since={since}&until={until}&n=1",
    item="body/items/item",
    key="id",
    title="title",
    link="https://www.a.kr/view?id={key}",
    date="day",
    issuer="who",
    text="said",
    total="body/total",
    date_only=True,
)
ASKED = "https://apis.data.go.kr/list?since=20261118&until=20261120&n=1"


def page(body: str, url: str = ASKED) -> Page:
    return Page(url, url, 200, {}, body.encode(), NOW)


def item(
    key: str = "7",
    title: str = "알림",
    day: str = "11/20/2026 09:06:54",
    who: str = "어느 부처",
    said: str = "",
    rest: str = "",
) -> str:
    told = f"<title>{title}</title><day>{day}</day><who>{who}</who><said>{said}</said>"
    return f"<item><id>{key}</id>{told}{rest}</item>"


def answer(*items: str, code: str = "00", total: str = "9") -> str:
    return (
        f"<response><header><resultCode>{code}</resultCode><resultMsg>SAID_SO</resultMsg></header>"
        f"<body><items>{''.join(items)}</items><total>{total}</total></body></response>"
    )


def posts(*items: str) -> tuple[Post, ...]:
    return SERVICE.read_list(page(answer(*items))).posts


def test_the_last_days_are_asked_for_and_then_the_days_before() -> None:
    today = Asking(today=date(2026, 11, 20))

    assert SERVICE.first(today) == Request(ASKED)
    assert SERVICE.read_list(page(answer(item()))).more == Request(
        "https://apis.data.go.kr/list?since=20261115&until=20261117&n=1"
    )
    assert (
        "since=2026-11-14&until=2026-11-20"
        in replace(SERVICE, days=7, dashed=True).first(today).url
    )


@pytest.mark.parametrize("url", ["https://www.a.kr/", ASKED.replace("20261118", "00010102")])
def test_what_is_no_window_has_no_days_before_it(url: str) -> None:
    with pytest.raises(LayoutError, match="not an answer to"):
        SERVICE.read_list(page(answer(item()), url))


def test_what_one_answer_does_not_hold_is_the_next_page_and_then_the_days_before() -> None:
    paged = replace(SERVICE, url=SERVICE.url.replace("?", "?pageNo=1&numOfRows=2&"))
    asked, seen = paged.first(Asking(0, date(2026, 11, 20))).url, []
    for total in ("5", "5", "5", "2", "9" * 5_000, "0"):
        more = paged.read_list(page(answer(item(), total=total), asked)).more
        assert more is not None
        asked = more.url
        seen.append(asked.partition("?")[2].replace("&numOfRows=2&since=202611", " ")[:11])

    assert seen == [f"pageNo={each}" for each in ("2 18", "3 18", "1 15", "1 12", "1 09", "1 06")]


def test_an_item_becomes_a_post() -> None:
    (only,) = posts(item(title="&lt;b&gt;R&amp;amp;D&lt;/b&gt; 알림"))

    assert (only.key, only.url) == ("7", "https://www.a.kr/view?id=7")
    assert (only.title, only.publisher) == ("R&D 알림", "어느 부처")
    assert only.published is not None
    assert only.published.at.isoformat() == "2026-11-20T09:06:54+09:00"


def test_midnight_is_a_day_and_a_ministry_may_be_unnamed() -> None:
    (only,) = posts(item(day="11/20/2026 00:00:00", who=""))

    assert only.published is not None
    assert only.published.precision == "day"
    assert only.publisher is None


def test_one_release_of_two_windows_has_one_key() -> None:
    midnight = item(day="11/20/2026 00:00:00")

    (first,), (second,) = posts(midnight), posts(midnight)

    assert first == second
    assert [post.key for post in posts(midnight, item("8"), midnight)] == ["7", "8"]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("<![CDATA[<p>가&nbsp;나</p><p>다</p>]]>", "가 나\n다"),
        ("<![CDATA[첫 줄\n둘째 줄]]>", "첫 줄\n둘째 줄"),
        ("", None),
    ],
)
def test_a_text_is_html_or_lines_and_whole_where_there_is_no_page(
    said: str, text: str | None
) -> None:
    (only,) = posts(item(said=said))

    assert (only.text, only.summary) == (text, text)
    assert SERVICE.open(only) is None


def test_where_there_is_a_page_the_text_of_the_item_stands_in_for_it() -> None:
    paged = replace(SERVICE, article=ArticleLayout(body="div.body"))
    (only,) = paged.read_list(page(answer(item(said="가")))).posts

    assert (only.text, only.summary) == (None, "가")
    assert paged.open(only) == Request("https://www.a.kr/view?id=7")
    assert paged.read_post(page("<html><div class=body>본문</div></html>")).text == "본문"
    with pytest.raises(LayoutError, match="no page that is read"):
        SERVICE.read_post(page("<html><div class=body>본문</div></html>"))


def test_what_was_withdrawn_is_not_listed() -> None:
    gone = item("8", rest="<ContentsStatus>D</ContentsStatus>")

    assert [post.key for post in posts(item(), gone)] == ["7"]
    assert posts(gone) == ()


@pytest.mark.parametrize(
    "said", [answer(code="3"), answer(code="03", total=""), answer(total="0"), answer(total=" 0 ")]
)
def test_no_data_is_an_answer_and_the_days_before_may_have_some(said: str) -> None:
    listing = SERVICE.read_list(page(said))

    assert listing.posts == ()
    assert listing.more is not None


GATEWAY = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>SAID_SO"
    "</returnAuthMsg><returnReasonCode>{}</returnReasonCode></cmmMsgHeader>"
    "</OpenAPI_ServiceResponse>"
)


@pytest.mark.parametrize(
    ("code", "error", "trouble"),
    [
        ("1", ServerTrouble, "server"),
        ("02", ServerTrouble, "server"),
        ("5", ServerTrouble, "server"),
        ("22", Throttled, "throttled"),
        ("30", Disallowed, "disallowed"),
        ("32", Disallowed, "disallowed"),
        ("97", LayoutError, "error-page"),
        ("98", LayoutError, "error-page"),
    ],
)
def test_a_code_with_status_200_means_what_it_says(
    code: str, error: type[ScrapeError], trouble: str
) -> None:
    for said in (answer(item(), code=code), GATEWAY.format(code)):
        with pytest.raises(error, match=f"the service says {int(code)}: SAID_SO") as raised:
            SERVICE.read_list(page(said))
        assert raised.value.trouble == trouble


def test_an_answer_that_counts_by_another_name_is_refused() -> None:
    with pytest.raises(LayoutError, match="no 'body/total'"):
        SERVICE.read_list(page(answer(item()).replace("total>", "count>")))


def test_what_one_item_lacks_another_may_have() -> None:
    bare = "<item><id>8</id><title>둘</title></item>"

    assert [post.publisher for post in posts(item(), bare)] == ["어느 부처", None]


def test_an_answer_without_a_code_is_none() -> None:
    with pytest.raises(LayoutError, match="without a result code"):
        SERVICE.read_list(page("<response><body/></response>"))


def test_an_answer_without_an_item_that_counts_some_is_refused() -> None:
    with pytest.raises(LayoutError, match="expected at least one 'body/items/item'") as raised:
        SERVICE.read_list(page(answer()))
    assert raised.value.trouble == "empty"


WHOLE = answer(item("1"), item("2", title="가나다"), item("3")).encode()


def cut(at: int) -> Listing:
    """The answer with three items, of which only the first ``at`` bytes came."""
    return SERVICE.read_list(Page(ASKED, ASKED, 200, {}, WHOLE[:at], NOW))


def test_of_an_answer_cut_anywhere_the_whole_items_are_kept_and_it_is_said() -> None:
    begins = [WHOLE.index(f"<id>{key}</id>".encode()) for key in (1, 2, 3)]
    ends = [WHOLE.index(b"</item>", begin) + len(b"</item>") for begin in begins]
    for at in range(ends[0], len(WHOLE)):
        listing = cut(at)
        assert listing.trouble == "cut-off"
        assert len(listing.posts) == sum(end <= at for end in ends)
        assert listing.more is not None


def test_an_answer_cut_before_its_first_item_ends_is_refused() -> None:
    with pytest.raises(LayoutError) as raised:
        cut(WHOLE.index(b"</item>"))
    assert raised.value.trouble == "cut-off"


def test_an_answer_that_is_broken_within_is_refused_cut_or_not() -> None:
    broken = answer(item(), "<item><id></item>", item("8"))
    for said in (broken, broken[:-30]):
        with pytest.raises(LayoutError, match="not well-formed"):
            SERVICE.read_list(page(said))


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (item(key="../x"), "no key at 'id'"),
        (item(key=""), "no key at 'id'"),
        (item(title=" "), "'title' of item 7 is empty"),
        (item(day="언젠가"), "no row has a date"),
        (item().replace("day>", "date>"), "no item has 'day'"),
        (item().replace("who>", "agency>"), "no item has 'who'"),
        (item().replace("said>", "text>"), "no item has 'said'"),
    ],
)
def test_an_item_that_we_do_not_know_is_refused(bad: str, why: str) -> None:
    with pytest.raises(LayoutError, match=why):
        posts(bad)


def test_calls_of_a_day_stay_within_what_a_new_key_is_given() -> None:
    """A thousand for the portal's services, a hundred for those of 중소벤처기업부."""
    for source in (korea_kr_api.SOURCE, korea_kr_policy_api.SOURCE):
        assert 86_400 / source.every * source.max_pages <= 1_000
        assert source.days <= 3
    for source in (mss_press_api.SOURCE, mss_notice_api.SOURCE):
        assert 86_400 / source.every * 1.2 <= 100


def test_hostile_answers_are_read_or_refused_in_time() -> None:
    chance = random.Random(3)
    whole = answer(item("1"), item("2"))
    started = time.process_time()
    for _ in range(300):
        at = chance.randrange(len(whole))
        odd = whole[:at] + chance.choice(["\x00", "<", "&", "]]>", "가", "</item>"]) + whole[at:]
        try:
            SERVICE.read_list(page(odd))
        except ScrapeError:
            continue
    for hostile in ("<item>" * 100_000, "</item>" * 100_000, "<" * 100_000):
        with pytest.raises(ScrapeError):
            SERVICE.read_list(page("<response>" + hostile))
    assert time.process_time() - started < 10
