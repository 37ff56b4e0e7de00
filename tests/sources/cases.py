"""A source with its folder of pages, and what it says about them as recorded."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from scrapers import registry
from scrapers.dates import SEOUL
from scrapers.model import Listing, Page, Request, Source

HERE = Path(__file__).parent
LISTS = ("list.html", "list.json", "feed.xml", "sitemap.xml")
POSTS = ("post.html", "post.json")
RECORDED = ("fetched_at", "list", "post", "part")


@dataclass(frozen=True)
class Case:
    """One source with its folder."""

    id: str
    source: Source

    @property
    def folder(self) -> Path:
        return HERE / self.id

    @property
    def list_file(self) -> Path:
        (found,) = [self.folder / name for name in LISTS if (self.folder / name).exists()]
        return found

    @property
    def post_file(self) -> Path | None:
        found = [self.folder / name for name in POSTS if (self.folder / name).exists()]
        return found[0] if found else None

    def expected(self) -> dict[str, Any]:
        path = self.folder / "expected.json"
        now = {"fetched_at": datetime.now(SEOUL).isoformat(timespec="seconds")}
        recorded: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else now
        return recorded

    def page(self, request: Request, body: bytes) -> Page:
        fetched_at = datetime.fromisoformat(self.expected()["fetched_at"])
        return Page(request.url, request.url, 200, {}, body, fetched_at)

    def list_page(self, body: bytes | None = None) -> Page:
        return self.page(self.source.first(), body or self.list_file.read_bytes())

    def listing(self) -> Listing:
        return self.source.read_list(self.list_page())

    def post_page(self, body: bytes | None = None) -> Page:
        request = self.source.open(self.listing().posts[0])
        assert request is not None, f"{self.id} opens no posts: no page of one is wanted"
        assert self.post_file is not None, f"{self.id} opens posts: the page of one is wanted"
        return self.page(request, body or self.post_file.read_bytes())

    def part_page(self, body: bytes | None = None) -> Page:
        request = self.source.read_post(self.post_page()).body
        assert request is not None, f"{self.id} has its text in the post: part.html is not wanted"
        return self.page(request, body or (self.folder / "part.html").read_bytes())

    def compare(self, name: str, found: Any) -> None:
        """Against the record; without one, make it and fail."""
        expected = self.expected()
        plain = json.loads(json.dumps(asdict(found), default=datetime.isoformat))
        if plain.get("trouble", "") is None:
            del plain["trouble"]  # recorded where there is any
        if name not in expected:
            record = expected | {name: plain}
            ordered = {key: record[key] for key in RECORDED if key in record}
            text = json.dumps(ordered, ensure_ascii=False, indent=2)
            (self.folder / "expected.json").write_text(text + "\n", "utf-8")
            pytest.fail(f"recorded {self.id}/expected.json: review, then run again")
        assert expected[name] == plain


CASES = [Case(name, source) for name, source in registry.sources().items()]
