import pytest

from service.workshop import opml
from service.workshop.opml import NotOpml, Outline


def test_what_is_written_is_read_back_by_folders() -> None:
    feeds = [
        Outline("https://a.example/rss?x=1&y=2", "가 <나> & 다", "news"),
        Outline("https://b.example/rss", "라", "release"),
        Outline("https://c.example/rss", "마", "news"),
    ]
    written = opml.written(feeds)

    assert written.count('<outline text="news"') == 1
    assert {(each.url, each.title) for each in opml.read(written.encode())} == {
        (each.url, each.title) for each in feeds
    }


def test_an_outline_without_a_title_is_called_by_its_address() -> None:
    (feed,) = opml.read(b'<opml><body><outline XMLURL=" https://a.example/ "/></body></opml>')

    assert feed == Outline("https://a.example/", "https://a.example/")


BOMB = (
    '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + ']><opml><body><outline text="&a9;" xmlUrl="https://a.example/"/></body></opml>'
)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "XML"),
        (b"\x00\xff", "XML"),
        (b"<opml><body>", "XML"),
        (b"<rss/>", "OPML"),
        (BOMB.encode(), "DOCTYPE|entity|Entity"),
        (b'<!DOCTYPE opml SYSTEM "file:///etc/passwd"><opml/>', "DOCTYPE"),
        (b"<opml>" + b"<outline>" * 100_000, "XML"),
        (b" " * (opml.LARGEST + 1), "5 MiB"),
        (b"<opml>" + b'<outline xmlUrl="https://a"/>' * 5_001 + b"</opml>", "5000"),
    ],
    ids=["empty", "bytes", "half", "another", "bomb", "external", "deep", "large", "many"],
)
def test_what_is_no_opml_or_hostile_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(NotOpml, match=why):
        opml.read(content)
