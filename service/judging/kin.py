"""Which of the announcements that look alike one belongs to: copies, corrections, coverage."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import NamedTuple

from service.judging.coverage import Coverage, coverage
from service.judging.letters import letters
from service.judging.story import Copy, same
from service.judging.titles import bare, corrected, say_the_same
from service.model import JoinedAs, Tie

_ONE_TEXT_SHARES = 9
"""Equal numbers. One text under two titles has fourteen and more."""


class Likely(NamedTuple):
    """An announcement with so many equal numbers (judging.signature) that it is worth a look."""

    copy: Copy
    equal: int


def copied(mine: Copy, others: Mapping[int, Likely]) -> Tie | None:
    """The one that ``mine`` is a copy or a correction of, of several the most alike.

    ``others`` by id. It corrects another only where it says so itself: a copy that is found after a
    correction is the older text.
    """
    best: Tie | None = None
    surest = (False, 0.0)
    for other_id, (other, equal) in others.items():
        if equal < _ONE_TEXT_SHARES and not say_the_same(bare(mine.title), bare(other.title)):
            continue  # it cannot be one; a comparison takes a hundred times as long as this
        verdict = same(mine, other)
        # A copy of a correction is nearer to that than to what both correct.
        near = corrected(mine.title) == corrected(other.title), verdict.score
        if verdict.same and (best is None or near > surest):
            surest = near
            how: JoinedAs = "joint" if verdict.how == "joint" else "copy"
            if corrected(mine.title) and not corrected(other.title):
                how = "correction"
            best = Tie(other_id, how, verdict.score, verdict.reason)
    return best


def reports(news: Copy, releases: Mapping[int, Copy]) -> Tie | None:
    """The release that ``news`` is made from.

    Of several the one whose whole title the headline says; else that in which most of it stands.
    """
    headline = letters(bare(news.title))
    made = [
        (letters(bare(release.title)) in headline, found.of_news, release_id, found)
        for release_id, release in releases.items()
        if (found := coverage(news, release)).made
    ]
    if not made:
        return None
    *_, release_id, found = max(made, key=itemgetter(0, 1))
    return _covering(found, release_id)


def reported(own_id: int, release: Copy, news: Mapping[int, Copy]) -> dict[int, Tie]:
    """The news, by id, that is made from a release which was found after them."""
    each = {news_id: coverage(article, release) for news_id, article in news.items()}
    return {news_id: _covering(found, own_id) for news_id, found in each.items() if found.made}


def _covering(found: Coverage, release_id: int) -> Tie:
    return Tie(release_id, "coverage", found.of_release, found.reason)
