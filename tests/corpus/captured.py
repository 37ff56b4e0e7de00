"""Pages that publishers really served, kept outside the project."""

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from scrapers import registry
from scrapers.model import Listing, Page, Post, Source
from scrapers.sources import korea_kr_api

CAPTURES = Path(__file__).parents[2].parent / "shared" / "data" / "captures"
SHAPES = CAPTURES / "derived_shapes"


def captured(path: str, url: str) -> Page:
    body = (CAPTURES / path).read_bytes()
    return Page(url, url, 200, {}, body, datetime(2026, 11, 20, tzinfo=UTC))


def shape(path: str, url: str) -> Page:
    """A page made after one that was served."""
    return captured(f"derived_shapes/{path}", url)


def listed(source: Source, path: str) -> tuple[Post, ...]:
    """What a source reads of a list of that shape."""
    return source.read_list(shape(path, source.first().url)).posts


def korea() -> Source:
    return registry.sources()["korea_kr"]


def seen(text: str) -> str:
    """Markup as a browser shows it, on one line; by other means than ours."""
    return " ".join(unescape(unescape(re.sub(r"<[^>]*>", "", text))).split())


def portal(name: str) -> Listing:
    page = shape(f"data_go_kr/derived_{name}.xml", korea_kr_api.SOURCE.first().url)
    return korea_kr_api.SOURCE.read_list(page)
