from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from typer.testing import CliRunner

from service.__main__ import main
from tests.conftest import logging_as_before

Pabal = Callable[..., subprocess.CompletedProcess[str]]

_APART = {"COLUMNS": "100", "PABAL_DATA": "/dev/null/no-database-here"}


@pytest.fixture
def pabal() -> Iterator[Pabal]:
    """``pabal("read", "-", given="{}", PABAL_PORT="0")``: the command with streams of its own."""

    def pabal(
        *arguments: str, given: str | bytes = b"", **settings: str
    ) -> subprocess.CompletedProcess[str]:
        ours: dict[str, str | None] = dict.fromkeys(
            name for name in os.environ if name.startswith("PABAL_")
        )
        code = 0
        with CliRunner().isolation(given, {**ours, **_APART, **settings}) as streams:
            try:
                main(arguments)
            except SystemExit as ended:
                code = int(ended.code or 0)
            sys.stdout.flush()
            sys.stderr.flush()
            out, err = streams[0].getvalue().decode(), streams[1].getvalue().decode()
        return subprocess.CompletedProcess(arguments, code, out, err)

    yield pabal
    logging_as_before()
