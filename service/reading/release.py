"""An article as stored → what it says."""

from __future__ import annotations

from service.model import Reading
from service.reading.clean import clean, clean_line
from service.reading.publishers import Registry


def read(title: str, text: str, publisher_printed: str | None, registry: Registry) -> Reading:
    """Clean title and body, and name the publishers behind the printed name."""
    bodies, unknown = registry.find_all(clean_line(publisher_printed or ""))
    return Reading(
        title=clean_line(title),
        text=clean(text),
        publishers=tuple(body.id for body in bodies),
        unknown_publisher="·".join(unknown) or None,
    )
