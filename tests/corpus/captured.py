"""Pages that publishers really served, kept outside the project."""

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from scrapers import registry
from scrapers.model import Listing, Page, Source
from scrapers.sources import korea_kr_api

CAPTURES = Path(__file__).parents[2].parent / "shared" / "data" / "captures"


def captured(path: str, url: str) -> Page:
    body = (CAPTURES / path).read_bytes()
    return Page(url, url, 200, {}, body, datetime(2026, 11, 20, tzinfo=UTC))


def korea() -> Source:
    return registry.sources()["korea_kr"]


def seen(text: str) -> str:
    """Markup as a browser shows it, on one line; by other means than ours."""
    return " ".join(unescape(unescape(re.sub(r"<[^>]*>", "", text))).split())


def portal(name: str) -> Listing:
    path = f"derived_shapes/data_go_kr/derived_{name}.xml"
    return korea_kr_api.SOURCE.read_list(captured(path, korea_kr_api.SOURCE.first().url))
