"""A Python client made from the OpenAPI, and the examples of docs/client.md run with it.

``make client``: the schema of this checkout is written to build/, a client is made of it in
.venv-client, and every example runs against the API over a database with rows. Exit code 1 where
one of them fails.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a script, from wherever

import httpx

from tests.web.api.fuzz import house

ROOT = Path(__file__).parents[2]
BUILD, TOOLS = ROOT / "build", ROOT / ".venv-client/bin"
_EXAMPLE = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def main() -> int:
    """Make the client and run the examples; the exit code."""
    examples = _EXAMPLE.findall((ROOT / "docs/client.md").read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="pabal-") as made:
        Path(made).chmod(0o755)  # as root the server is nobody
        codes = asyncio.run(_tried(Path(made), examples))
    print(f"{len(codes)} examples, {sum(map(bool, codes))} failed")  # noqa: T201
    return int(any(codes) or not codes)


async def _tried(folder: Path, examples: list[str]) -> list[int]:
    async with house(folder) as (address, key):
        async with httpx.AsyncClient() as http:
            schema = (await http.get(f"{address}/openapi.json")).json()
        await asyncio.to_thread(_generate, schema)
        return [await asyncio.to_thread(_run, each, address, key) for each in examples]


def _generate(schema: object) -> None:
    BUILD.mkdir(exist_ok=True)
    (BUILD / "openapi.json").write_text(json.dumps(schema, ensure_ascii=False), "utf-8")
    subprocess.run(
        [
            TOOLS / "openapi-python-client", "generate", "--overwrite",
            "--path", BUILD / "openapi.json",
            "--output-path", BUILD / "pabal-client",
            "--config", ROOT / "tests/client/config.yml",
            "--fail-on-warning",
        ],
        check=True,
        env={**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}"},
    )  # fmt: skip


def _run(example: str, address: str, key: str) -> int:
    """Run one example as its reader would, the client's folder on the path."""
    known = {
        "PYTHONPATH": str(BUILD / "pabal-client"),
        "PABAL_API": address,
        "PABAL_KEY": key,
        "PYTHONIOENCODING": "utf-8",
    }
    done = subprocess.run(
        [TOOLS / "python", "-c", example], env={**os.environ, **known}, check=False, timeout=60
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
