"""The channels that a page can ask an address of: those that work as the service is set."""

from __future__ import annotations

from collections.abc import Mapping

from notifier.errors import BadAddress
from notifier.registry import card, names
from service.store.audit import Who
from service.web.means import Means
from service.web.phrases import either

_FIRST = "mail"


def offered(means: Means, who: Who) -> Mapping[str, str]:
    """The channels that work, each with an example of an address: mail, then by their names.

    Left out: what only the operator reads, what goes past our guard, what a browser must make.
    """
    cards = {name: card(name) for name in sorted(names(), key=lambda name: (name != _FIRST, name))}
    return {
        name: each.example
        for name, each in cards.items()
        if each.example and (who.role == "operator" or not each.operators) and _works(means, name)
    }


def mails(means: Means) -> bool:
    """Whether mail can be sent."""
    return _works(means, _FIRST)


def way(language: str, name: str) -> str:
    """What a channel is called; one that there is no more by its name."""
    if name not in names():
        return name
    return either(language, card(name).korean, card(name).english)


def _works(means: Means, name: str) -> bool:
    channel = means.channels.get(name)
    if channel is None:
        return False
    try:
        channel.check_address(card(name).example)
    except BadAddress:
        return False
    return True
