"""What the pages load beside themselves: style, scripts, pictures; kept for good by its content."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import Response

_FOLDER = Path(__file__).parent / "static"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".LICENSE": "text/plain; charset=utf-8",
}
_KEPT = "public, max-age=31536000, immutable"


def add_static(app: FastAPI) -> None:
    """Add ``/static/…`` to ``app``."""
    held = {path.name: path for path in _FOLDER.iterdir() if path.suffix in _TYPES}

    @app.get("/static/{name}")
    async def static(name: str, v: str = "") -> Response:
        if name not in held:
            return Response(status_code=404)
        # While another release is rolled out its pages ask us too, for what only it has.
        keep = {"Cache-Control": _KEPT if asset(name).endswith(f"?v={v}") else "no-store"}
        return Response(_content(name), media_type=_TYPES[held[name].suffix], headers=keep)


@cache
def asset(name: str) -> str:
    """The address of a file, another one as soon as its content is. Raises OSError for none."""
    return f"/static/{name}?v={sha256(_content(name)).hexdigest()[:12]}"


@cache
def _content(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()
