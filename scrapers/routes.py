"""Which declared sources lead to the same posts, and which ministries have two places for them."""

from __future__ import annotations

from collections.abc import Mapping

from scrapers.model import Source

Groups = Mapping[str, tuple[str, ...]]


def groups(declared: Mapping[str, Source]) -> Groups:
    """By the lead, the sources that list the same posts under the same keys, where several do.

    The lead comes first, the others in order of id.
    """
    found: dict[str, list[str]] = {}
    for name in _leads_first(declared):
        found.setdefault(declared[name].route_of or name, []).append(name)
    return {lead: tuple(names) for lead, names in sorted(found.items()) if len(names) > 1}


def boards(declared: Mapping[str, Source]) -> Groups:
    """By publisher, the sources of its own releases, leads first."""
    found: dict[str, list[str]] = {}
    for name in _leads_first(declared):
        source = declared[name]
        if source.kind == "release" and source.publisher is not None:
            found.setdefault(source.publisher, []).append(name)
    return {publisher: tuple(names) for publisher, names in sorted(found.items())}


def _leads_first(declared: Mapping[str, Source]) -> list[str]:
    return sorted(declared, key=lambda name: (declared[name].route_of is not None, name))
