"""One structured line per unit of work, to standard error."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Literal

import structlog


def set_up(form: Literal["console", "json"]) -> None:
    """Send every log line, ours and the libraries', to standard error in one form."""
    last: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
        # Asked for at every line: what stands there may be replaced.
        logger_factory=lambda *_: _Lines(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    # What these report, the task runner, the loop around it or the schedule's listener says.
    logging.getLogger("pgqueuer").setLevel(logging.CRITICAL)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


class _Lines(structlog.PrintLogger):
    """A line that there is no room for is lost: it must not end the work that it tells of."""

    def msg(self, message: str) -> None:
        """Print ``message``, where it can be."""
        with suppress(OSError):
            super().msg(message)

    debug = info = warning = error = critical = msg
