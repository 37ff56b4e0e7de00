"""Files and records → what `pabal read` says of them. What later work fills is null or empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup

from service.reading.clean import clean, clean_line
from service.reading.publishers import Registry
from service.reading.release import read

_MAGIC = {b"PK": "HWPX", b"\xd0\xcf\x11\xe0": "HWP", b"%PDF": "PDF"}


def of_record(record: Mapping[str, Any], registry: Registry) -> dict[str, Any]:
    """Read ``{"id","title","publisher","published","text"}``."""
    text = str(record.get("text") or "")
    title = str(record.get("title") or "")
    said = _said(title, text, record.get("publisher"), registry)
    return {"id": record.get("id"), **said, "published_at": record.get("published")}


def of_file(name: str, content: bytes, registry: Registry) -> dict[str, Any]:
    """Read a text or HTML file; any other gives its kind as ``error``, told by its first bytes."""
    kind = next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), None)
    if kind is not None:
        error = f"{kind} 문서는 아직 읽지 못합니다 (documents of this kind are not read yet)"
        return {"id": name, "source_file": name, **_said("", "", None, registry), "error": error}
    text = _decoded(content)
    if text.lstrip()[:1] == "<":
        text = BeautifulSoup(text, "lxml").get_text("\n")
    text = clean(text)
    title, _, rest = text.partition("\n")
    return {"id": name, "source_file": name, **_said(title, rest or title, None, registry)}


def shown(result: Mapping[str, Any]) -> str:
    """The same for a person's eye."""
    who = ", ".join(result["publishers"]) or "—"
    return f"{result['id']}: {result.get('error') or result['title']} ({who})"


def _said(title: str, text: str, publisher: str | None, registry: Registry) -> dict[str, Any]:
    reading = read(title, text, publisher, registry)
    names = [registry.by_id(each).name for each in reading.publishers]
    return {
        "title": reading.title or None,
        "subtitles": [],
        "publisher": names[0] if names else clean_line(publisher or "") or None,
        "publishers": names,
        "published_at": None,
        "kind": None,
        "topics": [],
        "primary_topic": None,
        "support_fields": [],
        "embargo": None,
        "distributed_at": None,
        "byline": None,
        "contacts": [],
        "call": None,
        "text": reading.text,
        "full_text": reading.text,
    }


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp949", errors="replace")
