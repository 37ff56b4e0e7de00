import pytest

from scrapers import links


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/b?x=1", "https://www.a.kr/b?x=1"),
        ("view.do?seq=3", "https://www.a.kr/list/view.do?seq=3"),
        ("http://www.A.kr:443/b?seq=1", "https://www.a.kr/b?seq=1"),
        ("http://www.a.kr:80/b", "https://www.a.kr/b"),
        ("https://a.kr:8443/b", "https://a.kr:8443/b"),
        (" /b;jsessionid=0A.node1?x=1#top ", "https://www.a.kr/b?x=1"),
        ("/b?utm_source=rss&x=%EA%B0%80&utm_medium=q", "https://www.a.kr/b?x=%EA%B0%80"),
        ("/b?fbclid=1", "https://www.a.kr/b"),
    ],
)
def test_a_link_becomes_an_address_for_people(href: str, expected: str) -> None:
    assert links.absolute("https://www.a.kr/list/p.do?page=1", href) == expected


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/b?x=1", "http://a.kr:8080/b?x=1"),
        ("//b.kr/1", "http://b.kr/1"),
        ("HTTP://A.kr:80/b", "http://a.kr/b"),
        ("http://a.kr:443/b", "https://a.kr/b"),
        ("https://a.kr/b", "https://a.kr/b"),
    ],
)
def test_what_a_page_without_https_links_to_keeps_http(href: str, expected: str) -> None:
    assert links.absolute("http://a.kr:8080/list", href) == expected


@pytest.mark.parametrize(
    "href",
    ["javascript:void(0)", "mailto:a@b.kr", "http://daily.a.krhttp://daily.a.kr/1", "http://[::1"],
)
def test_what_is_no_address_is_refused(href: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        links.absolute("https://www.a.kr/", href)
