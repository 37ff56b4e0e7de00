"""Whose an endpoint or an account is: one address may be spelt in several ways."""

from __future__ import annotations

import sqlalchemy as sa

from service.store.tables import account, endpoint, suppressed


def addressed(channel: str, address: str) -> sa.ColumnElement[bool]:
    """That an endpoint is there. No provider tells capitals apart in a mail address."""
    alike = sa.func.lower(endpoint.c.address) == sa.func.lower(address)
    exact = sa.true() if channel == "mail" else endpoint.c.address == address
    return (endpoint.c.channel == channel) & alike & exact


def account_of(address: str) -> sa.ColumnElement[bool]:
    """That an account is the one of a mail address."""
    return sa.func.lower(account.c.address) == sa.func.lower(address)


def refused(channel: str, address: str) -> sa.ColumnElement[bool]:
    """That nothing is sent there any more."""
    return (suppressed.c.channel == channel) & (suppressed.c.address == sa.func.lower(address))
