"""Sources as ``pabal sources list`` shows them. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scrapers import routes
from scrapers.model import Source

HEAD = (
    "| id | 종류 / kind | 기관 / publisher | 간격 / every | 경로 / routes | 무엇 / what |",
    "|---|---|---|---|---|---|",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One source among all. ``off``: why it is not polled unless it is named, None where it is."""

    id: str
    source: Source
    routes: tuple[tuple[str, str], ...]
    off: str | None

    def line(self) -> str:
        """For a terminal."""
        off = f"  (꺼짐 / off: {self.off})" if self.off else ""
        who = self.source.publisher or "여러 기관"
        return (
            f"{self.id:<16} {self.source.kind:<8} {self.source.every:>5.0f}s  {who:<8}"
            f" {self.source.first().url}{off}"
        )

    def record(self) -> str:
        """For programs: JSON."""
        source = self.source
        return json.dumps(
            {
                "id": self.id,
                "publisher": source.publisher,
                "kind": source.kind,
                "on": self.off is None,
                "off": self.off,
                "what": self.source.what or "",
                "routes": [{"id": name, "url": url} for name, url in self.routes],
                "pulse": {"every": source.every, "pause": source.pause},
            },
            ensure_ascii=False,
        )

    def markdown(self) -> str:
        """For docs/sources.md."""
        off = f" **꺼짐 / off**: {self.off}" if self.off else ""
        others = ", ".join(f"`{name}`" for name, _ in self.routes if name != self.id) or "—"
        who = self.source.publisher or "여러 기관 / several"
        told = f"{self.source.what or ''}{off}".replace("|", "\\|")
        return (
            f"| `{self.id}` | {self.source.kind} | {who} | {self.source.every:.0f} s"
            f" | {others} | {told} |"
        )


def rows(sources: Mapping[str, Source], off: Mapping[str, str | None]) -> Iterator[Row]:
    """Every source in order of id, ``off`` likewise."""
    groups = routes.groups(sources)
    for name, source in sources.items():
        group = groups.get(source.route_of or name, (name,))
        ways = tuple((each, sources[each].first().url) for each in group)
        yield Row(name, source, ways, off[name])
