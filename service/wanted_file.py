"""Subscriptions as YAML: written to be kept or carried elsewhere, read with every field checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar, cast, get_args

import yaml

from service.errors import UserError
from service.model import SEOUL, Language
from service.store.subscriptions import Embargoed, Endpoint, Subscribed
from service.wanted import NONE, Checks, Wanted, at, cadence_of, remind_of

_FIELDS = (
    "name", "rules", "urgent", "endpoints", "cadence", "remind", "coverage", "language",
    "embargoed", "until", "ops",
)  # fmt: skip
_OF_ENDPOINT = ("to", "secret", "confirmed")
_Value = TypeVar("_Value")
_Known = TypeVar("_Known", bound=str)


def dump(listed: Iterable[Subscribed], *, secrets: bool) -> str:
    """``listed`` as YAML, without the secrets of endpoints unless they are asked for."""
    entries = [_entry(each, secrets=secrets) for each in listed]
    text: str = yaml.safe_dump(
        {"subscriptions": entries}, allow_unicode=True, sort_keys=False, width=1000
    )
    return text


def load(text: bytes, checks: Checks, *, agreed: bool = False) -> list[Wanted]:
    """The subscriptions of a file. Raises UserError, which names entry and field.

    ``agreed``: the operator answers for every address that the file does not call unconfirmed.
    """
    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        why = " ".join(str(error).split())
        raise UserError(f"YAML이 아닙니다 (not YAML): {why}") from error
    if not isinstance(said, dict) or list(said) != ["subscriptions"]:
        raise UserError("'subscriptions' 하나가 있어야 합니다 (must have 'subscriptions' alone)")
    entries = _read(said, "subscriptions", _list)
    return [
        _wanted(each, number, checks, agreed=agreed) for number, each in enumerate(entries, start=1)
    ]


def _entry(each: Subscribed, *, secrets: bool) -> dict[str, object]:
    entry: dict[str, object] = {"name": each.name}
    if each.rules:
        entry["rules"] = list(each.rules)
    if each.urgent:
        entry["urgent"] = list(each.urgent)
    if each.endpoints:
        entry["endpoints"] = [_place(to, secrets=secrets) for to in each.endpoints]
    # Always said: what they are at first hangs on the endpoints.
    entry["cadence"] = each.cadence
    entry["remind"] = list(each.remind) or NONE
    if each.coverage:
        entry["coverage"] = True
    if each.ops:
        entry["ops"] = True
    if each.language != "ko":
        entry["language"] = each.language
    if each.embargoed != "wait":
        entry["embargoed"] = each.embargoed
    if each.expires_at is not None:
        last = each.expires_at - timedelta.resolution
        entry["until"] = last.astimezone(SEOUL).date()
    return entry


def _place(to: Endpoint, *, secrets: bool) -> object:
    place: dict[str, object] = {"to": f"{to.channel}:{to.address}"}
    if secrets and to.secret:
        place["secret"] = to.secret
    if not to.agreed:
        place["confirmed"] = False
    return place if len(place) > 1 else place["to"]


def _wanted(said: object, number: int, checks: Checks, *, agreed: bool) -> Wanted:
    place = f"{number}번째 구독 (entry {number})"
    with at(place):
        entry = _fields(said, _FIELDS)
        name = _read(entry, "name", _text)
    with at(f"{place} {name}"):
        ops = _maybe(entry, "ops", _yes_or_no)
        if not ops:
            _read(entry, "rules", _list)
        rules = _every(entry, "rules", lambda each: checks.rule(_text(each)))
        endpoints = _every(entry, "endpoints", lambda each: _endpoint(each, checks, agreed=agreed))
        cadence = _maybe(entry, "cadence", lambda each: cadence_of(_text(each)))
        return Wanted(
            name,
            rules,
            endpoints,
            _maybe(entry, "embargoed", lambda each: _one_of(each, get_args(Embargoed))),
            _maybe(entry, "until", lambda day: checks.expiry(str(day))),
            _every(entry, "urgent", lambda each: checks.rule(_text(each))),
            cadence,
            cadence and cadence.partition(" quiet ")[2],
            _maybe(entry, "remind", _remind),
            _maybe(entry, "coverage", _yes_or_no),
            _maybe(entry, "language", lambda each: _one_of(each, get_args(Language))),
            checks.people(endpoints),
            ops,
        )


def _endpoint(said: object, checks: Checks, *, agreed: bool) -> Endpoint:
    if isinstance(said, str):
        return checks.endpoint(said, agreed=agreed)
    place = _fields(said, _OF_ENDPOINT)
    secret = _maybe(place, "secret", lambda each: checks.secret(_text(each))) or ""
    confirmed = _maybe(place, "confirmed", _yes_or_no) is not False
    return checks.endpoint(_read(place, "to", _text), secret, agreed=agreed and confirmed)


def _remind(said: object) -> tuple[int, ...]:
    days = said if isinstance(said, list) else [said]
    return remind_of(",".join(map(str, days)))


def _yes_or_no(said: object) -> bool:
    if not isinstance(said, bool):
        raise UserError("true나 false여야 합니다 (must be true or false)")
    return said


def _one_of(said: object, known: Sequence[_Known]) -> _Known:
    if said not in known:
        raise UserError(f"{', '.join(known)} 가운데 하나여야 합니다 (must be one)")
    return cast("_Known", said)


def _read(entry: Mapping[str, object], field: str, read: Callable[[object], _Value]) -> _Value:
    with at(field):
        return read(entry.get(field))


def _maybe(
    entry: Mapping[str, object], field: str, read: Callable[[object], _Value]
) -> _Value | None:
    return _read(entry, field, read) if field in entry else None


def _every(
    entry: Mapping[str, object], field: str, read: Callable[[object], _Value]
) -> tuple[_Value, ...]:
    if field not in entry:
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
