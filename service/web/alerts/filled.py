"""What was filled in about an alert → what is wanted, checked as the command line checks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import sha256
from typing import TypeVar, cast, get_args

from service.cadence import kept
from service.errors import UserError
from service.judging.rules import Rule
from service.model import Language
from service.store.audit import Who
from service.store.database import storable
from service.store.owned import Place
from service.store.subscriptions import Embargoed, Endpoint, Subscribed
from service.wanted import (
    LONGEST,
    LONGEST_NAME,
    MOST_PLACES,
    MOST_RULES,
    Checks,
    Wanted,
    quiet_of,
    remind_of,
)
from service.web.typed import Form, first

_Known = TypeVar("_Known", bound=str)
_DIGESTS = ("daily", "weekly")


@dataclass(frozen=True, slots=True)
class Filled:
    """The fields of an alert's form as they stand in it, all of them text as typed.

    ``ops``, which no form asks: the alert is told of ops items, and needs no rule.
    """

    name: str = ""
    rules: str = ""
    urgent: str = ""
    every: str = "at-once"
    at: str = "08:00"
    weekday: str = "mon"
    workdays: bool = False
    quiet_from: str = "21:00"
    quiet_to: str = "08:00"
    remind: str = "7, 1"
    coverage: bool = False
    embargoed: str = "wait"
    language: str = "ko"
    until: str = ""
    mine: bool = True
    channel: str = ""
    address: str = ""
    leaving: frozenset[int] = field(default=frozenset())
    ops: bool = False


def read(form: Form) -> Filled:
    """The form as it was sent."""
    texts = {name: storable(first(form, name)).strip() for name in _TEXTS}
    leaving = (each for each in form.get("leave", ()) if each.isascii() and each.isdecimal())
    return Filled(
        **texts,
        workdays="workdays" in form,
        coverage="coverage" in form,
        mine="mine" in form,
        leaving=frozenset(int(each[:18]) for each in leaving),
        ops=False,
    )


_TEXTS = [each.name for each in fields(Filled) if each.type == "str"]


def of(each: Subscribed) -> Filled:
    """The form of a subscription as it is."""
    when = kept(each.cadence)
    quiet = [f"{clock:%H:%M}" for clock in when.quiet or ()] or ["", ""]
    spelt = str(replace(when, quiet=None)).split()
    return Filled(
        name=each.title,
        rules=_box(each.rules),
        urgent=_box(each.urgent),
        every=when.every,
        at=f"{when.at:%H:%M}" if when.at else "08:00",
        weekday=spelt[1] if when.weekday is not None else "mon",
        workdays=when.workdays,
        quiet_from=quiet[0],
        quiet_to=quiet[1],
        remind=", ".join(map(str, each.remind)),
        coverage=each.coverage,
        embargoed=each.embargoed,
        language=each.language,
        mine=False,
        ops=each.ops,
    )


def tag(each: Subscribed) -> str:
    """What tells the form of a subscription from the one that it had before a change."""
    return sha256(repr(of(each)).encode("utf-8", "replace")).hexdigest()


def check_same(form: Form, mine: Subscribed) -> None:
    """Raise UserError where the form was opened before ``mine`` was changed in another window."""
    if first(form, "was") not in {"", tag(mine)}:
        raise UserError(
            "그 사이 다른 창에서 바뀐 알림입니다. 새로 열어 보시거나, 적힌 대로 두려면 한 번 더 "
            "저장해 주세요 (changed in another window: open it anew, or save again to keep this)"
        )


def _box(rules: Sequence[str]) -> str:
    """Rules in a box, one a line: what was typed elsewhere may have line breaks of its own."""
    return "\n".join(" ".join(each.split()) for each in rules)


def _lines(typed: str) -> list[str]:
    """The rules of a box, one a line."""
    return [each.strip() for each in typed.splitlines() if each.strip()]


def rules_of(typed: str, checks: Checks) -> tuple[tuple[str, Rule], ...]:
    """The rules of a box, checked. Raises UserError, which names the line."""
    every = _lines(typed)
    if len(every) > MOST_RULES:
        raise UserError(f"규칙은 {MOST_RULES}개까지 둘 수 있습니다 (at most {MOST_RULES} rules)")
    return tuple(checks.rule(each) for each in every)


def wanted(
    filled: Filled, who: Who, checks: Checks, offered: Mapping[str, str], places: Sequence[Place]
) -> Wanted:
    """What the form asks for, ``places`` being where the alert goes already.

    It is named as wished, or by its first rule: whoever saves it knows what is free. Raises
    UserError.
    """
    rules = rules_of(filled.rules, checks)
    if not (rules or filled.ops):
        raise UserError("규칙을 하나 이상 적어 주세요 (type one rule or more)")
    endpoints = _endpoints(filled, who, checks, offered)
    staying = [each for each in places if each.id not in filled.leaving]
    if not endpoints and not staying:
        raise UserError("받을 곳이 하나는 있어야 합니다 (it must go somewhere)")
    if len(staying) + len(endpoints) > MOST_PLACES:
        raise UserError(f"받을 곳은 {MOST_PLACES}곳까지입니다 (at most {MOST_PLACES} places)")
    rings = any(checks.traits[each.channel].people for each in staying)
    return Wanted(
        _title(filled),
        rules,
        endpoints,
        _one(filled.embargoed, get_args(Embargoed)),
        checks.expiry(filled.until) if filled.until else None,
        rules_of(filled.urgent, checks),
        _cadence(filled),
        _quiet(filled),
        remind_of(filled.remind or "none"),
        filled.coverage,
        _one(filled.language, get_args(Language)),
        rings or checks.people(endpoints),
    )


def _title(filled: Filled) -> str:
    name = " ".join(filled.name.split())
    if len(name) > LONGEST_NAME:
        raise UserError(
            f"이름은 {LONGEST_NAME}자까지입니다 (a name has at most {LONGEST_NAME} characters)"
        )
    return name or " ".join(next(iter(_lines(filled.rules)), "").split())[:LONGEST_NAME]


def _endpoints(
    filled: Filled, who: Who, checks: Checks, offered: Mapping[str, str]
) -> tuple[Endpoint, ...]:
    """New places; one's own address needs no question, as a link to it was followed."""
    typed = []
    if filled.mine and "mail" in offered:
        typed.append(("mail", who.address))
    if filled.channel:
        if filled.channel not in offered:
            raise UserError(f"{filled.channel}: 그런 곳은 고를 수 없습니다 (not to be chosen)")
        address = "" if offered[filled.channel] == "-" else filled.address[:LONGEST]
        if not address and offered[filled.channel] != "-":
            raise UserError("주소를 적어 주세요 (type the address)")
        typed.append((filled.channel, address))
    elif filled.address:
        raise UserError("어디인지 골라 주세요 (choose what the address is of)")
    made = [checks.endpoint(f"{channel}:{address}") for channel, address in typed]
    return tuple(checks.own(each, who.address) for each in made)


def _cadence(filled: Filled) -> str:
    said = [filled.every]
    if filled.every == "weekly":
        said.append(filled.weekday)
    if filled.every in _DIGESTS:
        said.append(filled.at or "08:00")
        said += ["workdays"] if filled.workdays else []
    return " ".join(said)


def _quiet(filled: Filled) -> str:
    if not (filled.quiet_from or filled.quiet_to):
        return ""
    if not (filled.quiet_from and filled.quiet_to):
        raise UserError(
            "방해 금지는 시작과 끝을 둘 다 적거나 둘 다 비워 주세요 (fill in both, or neither)"
        )
    return quiet_of(f"{filled.quiet_from}-{filled.quiet_to}")


def _one(typed: str, known: Sequence[_Known]) -> _Known:
    if typed not in known:
        raise UserError(f"{', '.join(known)} 가운데 하나여야 합니다 (must be one)")
    return cast("_Known", typed)
