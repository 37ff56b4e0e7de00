"""Whose an endpoint or an account is: one address may be spelt in several ways."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from service.store.tables import account, endpoint, suppressed


def addressed(channel: str, address: str) -> sa.ColumnElement[bool]:
    """That an endpoint is there. No provider tells capitals apart in a mail address."""
    exact = sa.true() if channel == "mail" else endpoint.c.address == address
    return (endpoint.c.channel == channel) & same(endpoint.c.address, address) & exact


def same(column: sa.Column[Any], address: str) -> sa.ColumnElement[bool]:
    """That a mail address is meant."""
    return sa.func.lower(column) == sa.func.lower(address)


def account_of(address: str) -> sa.ColumnElement[bool]:
    """That an account is the one of a mail address."""
    return same(account.c.address, address)


def refused(channel: str, address: str) -> sa.ColumnElement[bool]:
    """That nothing is sent there any more."""
    return (suppressed.c.channel == channel) & (suppressed.c.address == sa.func.lower(address))
