"""What the store gives → what the API answers with. Pure."""

from __future__ import annotations

from dataclasses import asdict

from service.reading.publishers import Publisher
from service.search import Hit
from service.store import open_calls, releases
from service.store.browse import Face
from service.store.reach import Reach
from service.web.api import shapes


def ministry(body: Publisher) -> shapes.Ministry:
    """A publisher."""
    return shapes.Ministry(
        id=body.id,
        name=body.name,
        kind=body.kind,
        short=list(body.short),
        english=list(body.english),
        former=list(body.full_names()[1:]),
    )


def story(face: Face) -> shapes.Story:
    """A story of the list."""
    return shapes.Story(
        id=face.id,
        title=face.title,
        url=face.url,
        publisher=face.publisher,
        ministries=list(face.publishers),
        kind=face.kind,
        topics=list(face.topics),
        source=face.source_id,
        published_at=face.published_at,
        precision=face.precision,
        came=face.came,
        apply_by=face.apply_by,
        held_until=face.held_until,
        condition=face.condition,
        copies=face.copies,
        news=face.news,
    )


def release(found: releases.Release) -> shapes.Release:
    """A release whole."""
    said = found.reading
    return shapes.Release(
        id=found.id,
        source=found.source_id,
        url=found.url,
        title=found.title,
        publisher=found.publisher,
        ministries=list(found.publishers),
        kind=said.kind if said else None,
        topics=list(found.topics),
        published_at=found.published_at,
        precision=found.precision,
        discovered_at=found.discovered_at,
        held_until=found.held_until,
        embargo=shapes.Embargo.model_validate(said.embargo) if said and said.embargo else None,
        text=said.text if said else None,
        subtitles=list(said.subtitles) if said else [],
        contacts=list(said.contacts) if said else [],
        call=shapes.Call.model_validate(said.call) if said and said.call.is_call else None,
        series=list(said.mentions) if said else [],
        files=[shapes.File.model_validate(each) for each in found.files],
        copies=_kin(found, coverage=False),
        coverage=_kin(found, coverage=True),
        revisions=revisions(found),
    )


def whole(found: releases.Release) -> shapes.StoryWhole:
    """The story of a release."""
    return shapes.StoryWhole(
        id=found.id,
        title=found.title,
        url=found.url,
        publisher=found.publisher,
        ministries=list(found.publishers),
        kind=found.reading.kind if found.reading else None,
        topics=list(found.topics),
        published_at=found.published_at,
        precision=found.precision,
        held_until=found.held_until,
        copies=_kin(found, coverage=False),
        coverage=_kin(found, coverage=True),
        revisions=revisions(found),
    )


def revisions(found: releases.Release) -> list[shapes.Revision]:
    """What changed of a release, the newest first."""
    return [
        shapes.Revision(
            release=each.article_id,
            earlier=each.earlier_id,
            noticed_at=each.noticed_at,
            changes=list(each.changes),
        )
        for each in found.revisions
    ]


def hit(found: Hit) -> shapes.Found:
    """What a search found."""
    return shapes.Found(
        id=found.article_id,
        title=found.title,
        in_title=list(found.in_title),
        url=found.url,
        publisher=found.publisher,
        ministries=list(found.publishers),
        kind=found.kind,
        topics=list(found.topics),
        source=found.source_id,
        came=found.came,
        precision=found.precision,
        excerpt=found.excerpt.text,
        marks=list(found.excerpt.marks),
        files=list(found.files),
        held_until=found.held_until,
    )


def open_call(found: open_calls.OpenCall) -> shapes.OpenCall:
    """Something to apply for."""
    said = {name: value for name, value in asdict(found).items() if name in _OF_CALL}
    return shapes.OpenCall(**said, ministries=list(found.publishers), source=found.source_id)


def source(found: Reach) -> shapes.Source:
    """How a source does."""
    return shapes.Source(
        id=found.source_id,
        state=found.state,
        newest_at=found.newest_at,
        looked_at=found.looked_at,
        delay=found.delay.total_seconds() if found.delay else None,
        shown=found.shown,
        missed=found.missed,
    )


def appearance(found: releases.Appearance) -> shapes.Appearance:
    """A release of a series."""
    return shapes.Appearance(
        release=found.article_id,
        title=found.title,
        publisher=found.publisher,
        ministries=list(found.publishers),
        published_at=found.published_at,
        precision=found.precision,
        name=found.name,
        round=found.round,
        year=found.year,
        held_until=found.held_until,
    )


_OF_CALL = frozenset(shapes.OpenCall.model_fields) - {"ministries", "source"}


def _kin(found: releases.Release, *, coverage: bool) -> list[shapes.Kin]:
    return [
        shapes.Kin(
            id=each.id,
            title=each.title,
            url=each.url,
            source=each.source_id,
            kind=each.kind,
            joined_as=each.joined_as,
            share=each.share,
            why=each.why,
            lead=each.lead.total_seconds() if each.lead is not None else None,
        )
        for each in found.kin
        if (each.joined_as == "coverage") == coverage
    ]
