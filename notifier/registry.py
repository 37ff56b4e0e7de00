"""Channels by name. A module in ``notifier/channels/`` is a channel; nothing else wires it.

Its file name is its name, and it offers ``open_channel(options: ChannelOptions) -> Channel`` and
``CARD``; where the service must know more of it than of most, ``TRAITS``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from notifier import channels
from notifier.model import Card, Channel, ChannelOptions, Traits


@cache
def names() -> tuple[str, ...]:
    """Every channel there is, in alphabetical order."""
    return tuple(sorted(module.name for module in iter_modules(channels.__path__)))


def open_channel(name: str, options: ChannelOptions) -> Channel:
    """The channel called ``name``, for the caller to close. Raises LookupError for no such."""
    channel: Channel = _module(name).open_channel(options)
    return channel


def traits(name: str) -> Traits:
    """What the service must know of the channel ``name``. Raises LookupError for no such."""
    found: Traits = getattr(_module(name), "TRAITS", Traits())
    return found


def card(name: str) -> Card:
    """How the channel ``name`` is spoken of. Raises LookupError for no such."""
    found: Card = _module(name).CARD
    return found


def _module(name: str) -> ModuleType:
    if name not in names():
        known = ", ".join(names())
        raise LookupError(f"그런 채널이 없습니다 (no such channel): {name}; {known}")
    return import_module(f"{channels.__name__}.{name}")
