"""What subscriptions are called: names are one for all, a title is unique for its account alone."""

from __future__ import annotations

import sqlalchemy as sa

TITLE = sa.literal_column(
    """coalesce(
    regexp_replace(subscription.name, ' #' || subscription.account_id || '$', ''),
    subscription.name)""",
    sa.Text,
)
"""A subscription as whoever is told by it sees it called: nobody learns what names others chose."""


def names(title: str, account_id: int) -> tuple[str, str]:
    """The names that a subscription with that title can have: the second is nobody else's."""
    return title, f"{title} #{account_id}"
