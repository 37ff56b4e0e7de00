"""My alerts: what an account is told, where and when; made, tried, changed and ended on pages."""

from __future__ import annotations

from fastapi import FastAPI

from service.store.database import Database
from service.store.past import Past
from service.web.alerts.acts import add_acts
from service.web.alerts.editing import add_editing
from service.web.alerts.looks import Looks
from service.web.alerts.room import Room
from service.web.means import Means
from service.web.shell import Shell


def add_alerts(app: FastAPI, house: Shell, database: Database, means: Means) -> None:
    """Add the pages to ``app``."""
    looks = Looks(Past(database), means.tools) if means.tools else None
    room = Room(house, database, means, looks)
    add_editing(app, room)
    add_acts(app, room)
