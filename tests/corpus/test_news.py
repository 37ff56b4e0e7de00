"""Articles that newspapers really served, and releases that are none; skipped where not at hand."""

import gzip
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from scrapers import html
from scrapers.documents.html import read_html
from scrapers.documents.model import DocumentError
from service.reading.news import looks_like_news, take_apart

SHARED = Path(__file__).parents[2].parent / "shared"
NEWS = SHARED / "data" / "captures" / "news"
pytestmark = pytest.mark.skipif(not NEWS.is_dir(), reason="no captured articles at hand")

# page, version in fundus_expected.json, time it says, least precision and recall of its text
CAPTURES = [
    ("mk/MBN_2025_06_03.html", "V1", "2025-06-04T02:37:08+09:00", 0.999, 0.993),
    ("hankookilbo/HankookIlbo_2025_05_15.html", "V1", "2025-05-15T20:00:52+09:00", 0.96, 0.99),
    ("hankookilbo/HankookIlbo_2026_01_29.html", "V2", "2026-01-29T18:40:00+09:00", 0.99, 0.99),
    ("hankookilbo/HankookIlbo_2026_07_12.html", "V3", "2026-07-12T22:09:00+09:00", 0.96, 0.999),
]


def grams(text: str) -> Counter[str]:
    dense = re.sub(r"\s+", "", text)
    return Counter(dense[i : i + 6] for i in range(len(dense) - 5))


def likeness(text: str, expected: str) -> tuple[float, float]:
    """Precision and recall of character 6-grams."""
    got, gold = grams(text), grams(expected)
    shared = sum((got & gold).values())
    return shared / sum(got.values()), shared / sum(gold.values())


@pytest.mark.parametrize(("name", "version", "at", "precision", "recall"), CAPTURES)
def test_an_article_is_read_as_people_read_it(
    name: str, version: str, at: str, precision: float, recall: float
) -> None:
    gold = json.loads((NEWS / name).with_name("fundus_expected.json").read_text())[version]
    sections = gold["body"]["sections"]
    body = [*gold["body"]["summary"]]
    body += [
        line for section in sections for line in (*section["headline"], *section["paragraphs"])
    ]

    document = read_html((NEWS / name).read_bytes())
    piece = take_apart(document.text, document.facts.title)

    for text in (document.text, "\n".join((*piece.subtitles, piece.body))):
        found = likeness(text, "\n".join(body))
        assert found[0] >= precision, found
        assert found[1] >= recall, found
    assert document.facts.title == gold["title"].replace("\xa0", " ")
    assert document.facts.published is not None
    assert document.facts.published.at.isoformat() == at
    first = gold["authors"][0].split()[0]
    assert document.facts.byline is not None
    assert document.facts.byline.startswith(first)
    assert document.facts.outlet in {"매일경제", "한국일보"}
    assert document.facts.article


def test_an_article_in_cp949_is_read_the_same() -> None:
    markup = (NEWS / CAPTURES[0][0]).read_text()
    relabelled = re.sub("utf-8", "euc-kr", markup, flags=re.IGNORECASE)

    found = read_html(relabelled.encode("cp949", "xmlcharrefreplace"))

    assert found.text == read_html(markup.encode()).text


@pytest.mark.parametrize(
    "path",
    ["data/captures/korea_kr/download_error_page.html", "data/releases99/hwpx/156754285.hwpx"],
)
def test_the_error_page_of_korea_kr_is_no_document(path: str) -> None:
    with pytest.raises(DocumentError, match=r"no-text.*Error"):
        read_html((SHARED / path).read_bytes())


def gold_articles() -> list[dict[str, object]]:
    gold = SHARED / "seeds" / "gold.jsonl"
    rows = map(json.loads, gold.read_text().splitlines()) if gold.exists() else ()
    return [row for row in rows if row["kind"] == "news_article"]


@pytest.mark.parametrize("gold", gold_articles(), ids=lambda gold: str(gold["file"]))
def test_a_portal_page_copied_from_the_browser_is_taken_apart(gold: dict[str, object]) -> None:
    text = (SHARED / "seeds" / str(gold["file"])).read_text()
    dense = re.compile(r"\s+")

    piece = take_apart(text, None)
    body = dense.sub("", piece.body)
    printed = piece.published and f"{piece.published.day}T{piece.published.clock}"

    assert looks_like_news(text)
    assert piece.title == gold["title"]
    assert list(piece.subtitles) == gold["subtitles"]
    assert piece.byline == gold["byline"]
    assert printed == (str(gold["published_at"])[:16] if gold["published_at"] else None)
    wanted, unwanted = gold["body_must_contain"], gold["body_must_not_contain"]
    assert isinstance(wanted, list)
    assert isinstance(unwanted, list)
    assert [part for part in wanted if dense.sub("", part) not in body] == []
    assert [part for part in unwanted if dense.sub("", part) in body] == []


def test_nearly_every_article_of_a_feed_is_known_and_signed() -> None:
    feed = ET.parse(NEWS / "newsis" / "knews-rss_newsis_2022-08-01.xml")
    content = "{http://purl.org/rss/1.0/modules/content/}encoded"
    texts = [html.plain(item.findtext(content) or "") for item in feed.findall(".//item")]
    pieces = [take_apart(text, None) for text in texts]

    assert sum(map(looks_like_news, texts)) / len(texts) >= 0.97
    assert sum(piece.byline is not None for piece in pieces) / len(pieces) >= 0.95
    assert not [piece for piece in pieces if re.search("공감언론|기자 ?=", piece.body)]


def test_no_release_of_a_month_is_taken_for_news() -> None:
    month = SHARED / "data" / "stream" / "2026-03.jsonl.gz"
    with gzip.open(month, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] or "" for line in lines]

    assert sum(map(looks_like_news, texts[::3])) == 0
