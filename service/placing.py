"""Where an article belongs: what identifies it, and which of its likely kin it is told with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from service.judging import kin, story
from service.judging.coverage import excerpts
from service.judging.kin import Likely
from service.judging.signature import signature
from service.judging.story import Copy
from service.reading.clean import clean, clean_line
from service.store.rows import Readable
from service.store.stories import Kindred, Known, Place, day_of


def place_of(article: Readable) -> Place:
    """What others find it by, and it them."""
    said = article.reading
    day = day_of(said.published_at or article.discovered_at)
    numbers, repeated = signature(said.title, said.text), excerpts(said.title, said.text)
    return Place(_keys(article, day), day, numbers, repeated)


def among(article: Readable, place: Place, likely: Kindred) -> Place:
    """The place with what its likely kin turned out to be. A release never joins its news."""
    news = article.reading.kind == "news"
    alike = {e.id: Likely(_known(e), e.equal) for e in likely.alike if e.news == news}
    about = {e.id: _known(e) for e in likely.telling if e.news != news}
    place = replace(place, seen=frozenset(each.id for each in likely.alike))
    mine = _copy(article, place)
    tie = kin.copied(mine, alike)
    if news:
        return replace(place, tie=tie or kin.reports(mine, about))
    return replace(place, tie=tie, covered_by=kin.reported(article.id, mine, about))


def _keys(article: Readable, day: date) -> tuple[str, ...]:
    """Identity by address, by the web page's text, and by the text of the documents.

    Any of them suffices: a portal gives web page and document, a feed of the ministry perhaps only
    the one or the other.
    """
    title, text = clean_line(article.given_title), clean(article.given_text)
    keys = story.keys(article.url, title, text, article.publisher, day)
    for each in (text, *map(clean, article.documents[:1]), article.reading.text):
        keys += story.titled_key(title, each, day)
    return tuple(dict.fromkeys(keys))


def _copy(article: Readable, place: Place) -> Copy:
    said = article.reading
    publisher = said.publishers[0] if said.publishers else article.publisher
    return Copy(article.url, said.title, said.text, publisher, place.day)


def _known(each: Known) -> Copy:
    return Copy(each.url, each.title, each.text, each.publisher, each.day)
