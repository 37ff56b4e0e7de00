"""What the store gives → what the API answers with. Pure."""

from __future__ import annotations

from service.reading.publishers import Publisher
from service.search import Hit
from service.store.reach import Reach
from service.store.releases import Release
from service.web.api import shapes


def ministry(body: Publisher) -> shapes.Ministry:
    """A publisher."""
    return shapes.Ministry.of(body, former=body.full_names()[1:])


def release(found: Release) -> shapes.Release:
    """A release whole."""
    said = found.reading
    return shapes.Release.of(
        found,
        kind=said.kind if said else None,
        embargo=said.embargo if said else None,
        text=said.text if said else None,
        subtitles=said.subtitles if said else (),
        contacts=said.contacts if said else (),
        call=said.call if said and said.call.is_call else None,
        series=said.mentions if said else (),
        copies=_kin(found, coverage=False),
        coverage=_kin(found, coverage=True),
        revisions=revisions(found),
    )


def revisions(found: Release) -> list[shapes.Revision]:
    """What changed of a release, the newest first."""
    return [shapes.Revision.of(each, earlier=each.earlier_id) for each in found.revisions]


def hit(found: Hit) -> shapes.Found:
    """What a search found."""
    return shapes.Found.of(
        found,
        id=found.article_id,
        excerpt=found.excerpt.text,
        marks=found.excerpt.marks,
    )


def source(found: Reach) -> shapes.Source:
    """How a source does."""
    delay = found.delay.total_seconds() if found.delay else None
    return shapes.Source.of(found, id=found.source_id, delay=delay)


def _kin(found: Release, *, coverage: bool) -> list[shapes.Kin]:
    return [
        shapes.Kin.of(each, lead=each.lead.total_seconds() if each.lead is not None else None)
        for each in found.kin
        if (each.joined_as == "coverage") == coverage
    ]
