"""Who signs in, and from where: no password, a link by mail each time."""

from __future__ import annotations

from fastapi import FastAPI

from service.store.accounts import Accounts
from service.store.database import Database
from service.store.sign_ins import SignIns
from service.web.account.sessions import add_sessions
from service.web.account.sign_in import add_sign_in
from service.web.shell import Shell


def add_account(app: FastAPI, house: Shell, database: Database, *, mails: bool) -> None:
    """Add the pages to ``app``. ``mails``: whether links can be sent, which needs a server."""
    accounts = Accounts(database)
    asks = SignIns(database) if mails and house.url is not None else None
    add_sign_in(app, house, accounts, asks)
    add_sessions(app, house, accounts)
