"""Channels by name. A module in ``notifier/channels/`` is a channel; nothing else wires it.

Its file name is its name, and it offers ``open_channel(options: ChannelOptions) -> Channel``.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from notifier import channels
from notifier.model import Channel, ChannelOptions


def names() -> tuple[str, ...]:
    """Every channel there is, in alphabetical order."""
    return tuple(sorted(module.name for module in iter_modules(channels.__path__)))


def open_channel(name: str, options: ChannelOptions) -> Channel:
    """The channel called ``name``, for the caller to close. Raises LookupError for no such."""
    if name not in names():
        known = ", ".join(names())
        raise LookupError(f"그런 채널이 없습니다 (no such channel): {name}; {known}")
    channel: Channel = import_module(f"{channels.__name__}.{name}").open_channel(options)
    return channel
