"""Bugs reported to Sentry, for who asks for it: what they say is cut down first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from service.errors import BadSetting

if TYPE_CHECKING:
    from sentry_sdk.transport import Transport
    from sentry_sdk.types import Event, Hint

_LONGEST = 500  # characters of what an exception says

# What may stand in an exception: a statement with its values, addresses, links with tokens, rules,
# names, keys, phone numbers. Whatever is quoted or Korean may be somebody's words.
_CUTS = (
    (re.compile(r"\[(?:SQL|parameters):.*", re.DOTALL), "<sql>"),
    (re.compile(r"DETAIL:.*", re.DOTALL), "<detail>"),
    (re.compile(r"https?://\S+"), "<url>"),
    (re.compile(r"[^\s<>\"'@]{1,64}@[^\s<>\"'@]{1,255}"), "<address>"),
    (re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`"), "<text>"),
    (re.compile(r"[가-힣ㄱ-ㅎㅏ-ㅣ][가-힣ㄱ-ㅎㅏ-ㅣ\s\d.,·]*"), "<text>"),
    (re.compile(r"[A-Za-z0-9_+/=-]{20,}"), "<key>"),
    (re.compile(r"\d[\d\s-]{6,}\d"), "<number>"),
)
_KEPT = ("event_id", "timestamp", "level", "platform", "release", "exception", "sdk", "contexts")
_FRAME = ("filename", "function", "module", "lineno", "in_app")


def report(error: BaseException) -> None:
    """Report a bug where that was asked for; else nothing."""
    if _Reporting.on:
        import sentry_sdk  # noqa: PLC0415 - an extra

        sentry_sdk.capture_exception(error)


class _Reporting:
    on = False


def report_to(
    dsn: str | None, release: str, transport: type[Transport] | Transport | None = None
) -> None:
    """Report bugs of this process to ``dsn``; None: to nobody.

    Nothing is collected by itself: no requests, no log lines, no variables, no machine's name.
    Raises BadSetting where the extra is not installed or the address is none.
    """
    _Reporting.on = False
    if dsn is None:
        return
    try:
        import sentry_sdk  # noqa: PLC0415
    except ImportError:
        raise BadSetting("PABAL_SENTRY_DSN", "needs pabal[sentry]") from None
    try:
        sentry_sdk.init(
            dsn=dsn,
            release=release,
            transport=transport,
            before_send=_scrubbed,
            default_integrations=False,
            auto_enabling_integrations=False,
            include_local_variables=False,
            include_source_context=False,
            max_breadcrumbs=0,
            server_name="",
            traces_sample_rate=None,
            shutdown_timeout=2,
        )
    except ValueError as error:  # BadDsn is one
        raise BadSetting("PABAL_SENTRY_DSN", str(error)) from None
    _Reporting.on = True


def _scrubbed(event: Event, _: Hint) -> Event | None:
    """What is sent of a bug: its classes, where it happened, and what it says, cut down."""
    kept: dict[str, Any] = {key: value for key, value in event.items() if key in _KEPT}
    kept["contexts"] = {"runtime": (kept.get("contexts") or {}).get("runtime") or {}}
    values = (kept.get("exception") or {}).get("values") or ()
    kept["exception"] = {"values": [_exception(each) for each in values]}
    return kept  # type: ignore[return-value]


def _exception(said: Mapping[str, Any]) -> dict[str, Any]:
    frames = (said.get("stacktrace") or {}).get("frames") or ()
    return {
        "type": said.get("type"),
        "module": said.get("module"),
        "value": scrubbed(str(said.get("value") or "")),
        "stacktrace": {"frames": [{k: v for k, v in f.items() if k in _FRAME} for f in frames]},
    }


def scrubbed(text: str) -> str:
    """``text`` without what may be about a person, or a secret: rather too little than too much."""
    text = text[: 4 * _LONGEST]
    for pattern, instead in _CUTS:
        text = pattern.sub(instead, text)
    return text[:_LONGEST]
