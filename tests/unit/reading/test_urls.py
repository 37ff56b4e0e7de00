import pytest

from service.reading.urls import canonical


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("http://www.mofa.go.kr:443/www/view.do?seq=3", "https://mofa.go.kr/www/view.do?seq=3"),
        ("HTTP://News.Example.KR:80", "https://news.example.kr/"),
        ("https://example.kr:8443/a", "https://example.kr:8443/a"),
        ("https://m.example.kr/a", "https://example.kr/a"),
        ("https://mobile.example.kr/a", "https://example.kr/a"),
        ("https://m.kr/a", "https://m.kr/a"),
        ("https://example.kr/a?b=2&a=1&utm_source=x&fbclid=y#top", "https://example.kr/a?a=1&b=2"),
        ("https://example.kr/a;jsessionid=0F.node1?no=3", "https://example.kr/a?no=3"),
        ("https://example.kr/a?no=3&sid=100&section=eco", "https://example.kr/a?no=3"),
        ("https://example.kr/a?no=", "https://example.kr/a?no="),
        (
            "https://m.korea.kr/briefing/pressReleaseView.do?newsId=15&pageIndex=2&startDate=x",
            "https://korea.kr/briefing/pressReleaseView.do?newsId=15",
        ),
        (
            "https://www.mss.go.kr/site/smba/ex/bbs/View.do?parentSeq=9&cbIdx=86&bcIdx=7",
            "https://mss.go.kr/site/smba/ex/bbs/View.do?bcIdx=7&cbIdx=86",
        ),
        ("https://www.korea.kr/list.do?repCode=A1", "https://korea.kr/list.do?repCode=A1"),
        ("http://daily.example.krhttp://daily.example.kr/a", "https://daily.example.kr/a"),
        ("https://example.kr/go?u=https://b.kr/", "https://example.kr/go?u=https%3A%2F%2Fb.kr%2F"),
        (" javascript:view('1') ", "javascript:view('1')"),
        ("https://[bad/a", "https://[bad/a"),
        ("https://example.kr:port/a", "https://example.kr:port/a"),
    ],
)
def test_one_page_has_one_identity(url: str, identity: str) -> None:
    assert canonical(url) == identity


def test_an_identity_is_its_own_identity() -> None:
    once = canonical("http://m.example.kr/a?q=수출&utm_medium=x")

    assert canonical(once) == once


def test_two_items_of_one_board_stay_two() -> None:
    board = "https://www.mss.go.kr/View.do?cbIdx=86&bcIdx="

    assert canonical(f"{board}1") != canonical(f"{board}2")
