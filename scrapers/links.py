"""Addresses found on pages → absolute addresses for people."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

_HOST = re.compile(r"[a-z0-9.-]+(:\d+)?")
_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_TRACKING = re.compile(r"(?:utm_\w+|fbclid)(?:=|$)", re.IGNORECASE)


def absolute(base: str, href: str) -> str:
    """``href`` as found on ``base``: no default port, session id, tracking or fragment.

    It is https, unless ``base`` and ``href`` both are http: perhaps the site has nothing else.

    What else identifies nothing is left to the source: it names its posts by their key.
    Raises ValueError where it is not an address of the web (``javascript:``, a doubled host).
    """
    parts = urlsplit(urljoin(base, href.strip()))
    host = parts.netloc.lower().removesuffix(":443").removesuffix(":80")
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        raise ValueError(f"not an address of the web: {href!r}")
    query = "&".join(piece for piece in parts.query.split("&") if not _TRACKING.match(piece))
    plain = urlsplit(base).scheme == parts.scheme == "http" and not parts.netloc.endswith(":443")
    scheme = "http" if plain else "https"
    return urlunsplit((scheme, host, _SESSION.sub("", parts.path), query, ""))


def identity(url: str) -> str:
    """The same for an absolute address under http and under https."""
    return urlunsplit(urlsplit(url)._replace(scheme="https"))
