"""A reading as plain JSON, for the column beside those that are asked for by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from service.model import Reading

_READINGS = TypeAdapter(Reading)
_ELSEWHERE = frozenset(
    {"title", "text", "publishers", "kind", "published_at", "precision", "mentions"}
)


def dump(reading: Reading) -> dict[str, Any]:
    """What has no column or table of its own; days are ``2026-05-28``."""
    dumped: dict[str, Any] = _READINGS.dump_python(reading, mode="json", exclude=set(_ELSEWHERE))
    return dumped


def load(facts: Mapping[str, Any] | None, **elsewhere: object) -> Reading:
    """The reading again; what an older version has not stored is as if it had not been found.

    ``elsewhere`` are the fields that ``dump`` leaves out, of them at least title, text and
    publishers.
    """
    return _READINGS.validate_python({"unknown_publisher": None, **(facts or {}), **elsewhere})
