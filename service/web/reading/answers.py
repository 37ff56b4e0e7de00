"""The pages that answer questions: ministries, open calls, charts, and what is covered."""

from __future__ import annotations

from fastapi import FastAPI

from service.reading.publishers import Registry
from service.store.browse import Browse
from service.store.database import Database
from service.store.ministries import Ministries
from service.store.open_calls import OpenCalls
from service.store.reach import Reaches
from service.store.tallies import Tallies
from service.web.reading.calls import add_calls
from service.web.reading.charts import add_charts
from service.web.reading.coverage import add_coverage
from service.web.reading.ministry import Reads, add_ministry
from service.web.shell import Shell


def add_answers(app: FastAPI, house: Shell, database: Database, registry: Registry) -> None:
    """Add them all."""
    tallies, calls, reaches = Tallies(database), OpenCalls(database), Reaches(database)
    reads = Reads(tallies, Browse(database), calls, Ministries(database), reaches)
    add_ministry(app, house, reads, registry)
    add_calls(app, house, calls, registry)
    add_charts(app, house, tallies, registry)
    add_coverage(app, house, reaches)
