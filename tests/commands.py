"""The command ``pabal`` in this process: what it prints, what it ends with."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Awaitable, Callable

from typer.testing import CliRunner

from service.__main__ import main

Pabal = Callable[..., subprocess.CompletedProcess[str]]
AwaitedPabal = Callable[..., Awaitable[subprocess.CompletedProcess[str]]]


def run(
    *arguments: str, given: str | bytes = b"", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run it with streams of its own and no settings but these.

    Whoever asks calls ``logging_as_before`` in the end.
    """
    ours: dict[str, str | None] = dict.fromkeys(n for n in os.environ if n.startswith("PABAL_"))
    code = 0
    with CliRunner().isolation(given, {**ours, "COLUMNS": "100", **settings}) as streams:
        try:
            main(arguments)
        except SystemExit as ended:
            code = int(ended.code or 0)
        sys.stdout.flush()
        sys.stderr.flush()
        out, err = (each.getvalue().decode() for each in streams[:2])
    return subprocess.CompletedProcess(arguments, code, out, err)
