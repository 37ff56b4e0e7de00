"""Subscriptions as YAML: written to be kept or carried elsewhere, read with every field checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar, cast, get_args
from zoneinfo import ZoneInfo

import yaml

from service.errors import UserError
from service.store.subscriptions import Embargoed, Endpoint, Subscribed
from service.wanted import Checks, Wanted, at

_SEOUL = ZoneInfo("Asia/Seoul")
_FIELDS = ("name", "rules", "endpoints", "embargoed", "until")
_OF_ENDPOINT = ("to", "secret")
_Value = TypeVar("_Value")


def dump(listed: Iterable[Subscribed], *, secrets: bool) -> str:
    """``listed`` as YAML, without the secrets of endpoints unless they are asked for."""
    entries = [_entry(each, secrets=secrets) for each in listed]
    text: str = yaml.safe_dump(
        {"subscriptions": entries}, allow_unicode=True, sort_keys=False, width=1000
    )
    return text


def load(text: bytes, checks: Checks) -> list[Wanted]:
    """The subscriptions of a file. Raises UserError, which names entry and field."""
    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        why = " ".join(str(error).split())
        raise UserError(f"YAML이 아닙니다 (not YAML): {why}") from error
    if not isinstance(said, dict) or list(said) != ["subscriptions"]:
        raise UserError("'subscriptions' 하나가 있어야 합니다 (must have 'subscriptions' alone)")
    entries = _read(said, "subscriptions", _list)
    return [_wanted(each, number, checks) for number, each in enumerate(entries, start=1)]


def _entry(each: Subscribed, *, secrets: bool) -> dict[str, object]:
    entry: dict[str, object] = {"name": each.name, "rules": list(each.rules)}
    if each.endpoints:
        entry["endpoints"] = [_place(to, secrets=secrets) for to in each.endpoints]
    if each.embargoed != "wait":
        entry["embargoed"] = each.embargoed
    if each.expires_at is not None:
        last = each.expires_at - timedelta.resolution
        entry["until"] = last.astimezone(_SEOUL).date()
    return entry


def _place(to: Endpoint, *, secrets: bool) -> object:
    place = f"{to.channel}:{to.address}"
    return {"to": place, "secret": to.secret} if secrets and to.secret else place


def _wanted(said: object, number: int, checks: Checks) -> Wanted:
    place = f"{number}번째 구독 (entry {number})"
    with at(place):
        entry = _fields(said, _FIELDS)
        name = _read(entry, "name", _text)
    with at(f"{place} {name}"):
        return Wanted(
            name,
            _every(entry, "rules", lambda each: checks.rule(_text(each))),
            _every(entry, "endpoints", lambda each: _endpoint(each, checks), needed=False),
            None if "embargoed" not in entry else _read(entry, "embargoed", _embargoed),
            None
            if "until" not in entry
            else _read(entry, "until", lambda day: checks.expiry(str(day))),
        )


def _endpoint(said: object, checks: Checks) -> Endpoint:
    if isinstance(said, str):
        return checks.endpoint(said)
    place = _fields(said, _OF_ENDPOINT)
    secret = _read(place, "secret", lambda each: checks.secret(_text(each)))
    return checks.endpoint(_read(place, "to", _text), secret)


def _embargoed(said: object) -> Embargoed:
    if said not in get_args(Embargoed):
        raise UserError(f"{', '.join(get_args(Embargoed))} 가운데 하나여야 합니다 (must be one)")
    return cast("Embargoed", said)


def _read(entry: Mapping[str, object], field: str, read: Callable[[object], _Value]) -> _Value:
    with at(field):
        return read(entry.get(field))


def _every(
    entry: Mapping[str, object],
    field: str,
    read: Callable[[object], _Value],
    *,
    needed: bool = True,
) -> tuple[_Value, ...]:
    if not needed and field not in entry:
        return ()
    values = enumerate(_read(entry, field, _list), start=1)
    named = {f"{field}[{number}]": value for number, value in values}
    return tuple(_read(named, each, read) for each in named)


def _fields(said: object, known: Sequence[str]) -> Mapping[str, object]:
    if not isinstance(said, dict):
        raise UserError(f"항목이 있어야 합니다 (must have fields): {', '.join(known)}")
    for each in said:
        if each not in known:
            raise UserError(f"{each!r}: 그런 항목이 없습니다 (no such field); {', '.join(known)}")
    return said


def _list(said: object) -> list[object]:
    if not isinstance(said, list) or not said:
        raise UserError("하나 이상의 목록이어야 합니다 (must be a list of one or more)")
    return said


def _text(said: object) -> str:
    if not isinstance(said, str) or not said.strip():
        raise UserError("글이어야 합니다 (must be text)")
    return said
