"""The tables. Every id is a bigint, every time carries its zone, every hand-over is a stamp.

A due time is also the lease: claiming a row moves it ahead, a live worker keeps moving it, and a
dead one lets it come due again. All by the database's clock, the only one that replicas share.
``fence`` (for a source its ``slot``) counts the claims, so that a worker whose lease ran out cannot
settle the row any more.
"""

from service.store.tables.announced import (
    article,
    attachment,
    backfill,
    excerpt,
    fingerprint,
    mention,
    poll,
    revision,
    route_day,
    sighting,
    source,
    story,
    story_key,
)
from service.store.tables.columns import metadata
from service.store.tables.desk import account, api_key, audit, request, session, sign_in
from service.store.tables.search import searchable, unsearched
from service.store.tables.tallied import tallied, tally
from service.store.tables.told import attempt, delivery, dismissal, ops_item, telling, waiting
from service.store.tables.wanted import (
    endpoint,
    instance,
    rule,
    rule_book,
    subscription,
    suppressed,
)

__all__ = [
    "account",
    "api_key",
    "article",
    "attachment",
    "attempt",
    "audit",
    "backfill",
    "delivery",
    "dismissal",
    "endpoint",
    "excerpt",
    "fingerprint",
    "instance",
    "mention",
    "metadata",
    "ops_item",
    "poll",
    "request",
    "revision",
    "route_day",
    "rule",
    "rule_book",
    "searchable",
    "session",
    "sighting",
    "sign_in",
    "source",
    "story",
    "story_key",
    "subscription",
    "suppressed",
    "tallied",
    "tally",
    "telling",
    "unsearched",
    "waiting",
]
