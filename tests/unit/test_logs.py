"""What becomes of a line of the log that there is no room for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SPEAKER = """
import structlog
from service import logs
logs.set_up("json")
log = structlog.get_logger()
log.info("a line")
log.error("another", why="no room")
print("still here")
"""


def test_a_full_disk_under_the_log_ends_nothing() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", SPEAKER], stdout=subprocess.PIPE, stderr=full, check=False
        )

    assert done.stdout == b"still here\n"
