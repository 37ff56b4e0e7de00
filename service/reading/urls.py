"""One address for one page, however it was linked to. For identity; people get the original."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

_TRACKS = re.compile(
    r"trc|section|site|sourcetype|sid|did|oc|input|ref|cds|fbclid|gclid|call_from|utm_.*",
    re.IGNORECASE | re.DOTALL,
)
_IDENTITY = {
    "korea.kr": frozenset({"newsId"}),
    "mss.go.kr": frozenset({"cbIdx", "bcIdx"}),
}
# A feed that glues its host before an address that is whole already.
_GLUED = re.compile(r"^https?://[^/?#]*(?=https?://)", re.IGNORECASE)
_HOST_PREFIX = re.compile(r"^(?:www|m|mobile)\.(?=[^.]+\.)")
_SESSION = re.compile(r";jsessionid[^/?#]*", re.IGNORECASE)


def canonical(url: str) -> str:
    """Identity form of an absolute address.

    https, bare lower-case host without ``www.`` or ``m.``, no default port, no fragment, no
    tracking; what is left of the query is sorted. Where a site's pages are known by certain
    parameters and the address has them all, only those stay. What is not http, or cannot be taken
    apart, is its own identity.
    """
    bare = _GLUED.sub("", url.strip())
    try:
        parts = urlsplit(bare)
        port = parts.port
    except ValueError:
        return bare
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return bare
    host = _HOST_PREFIX.sub("", parts.hostname.rstrip("."))
    place = host if port in (None, 80, 443) else f"{host}:{port}"
    path = _SESSION.sub("", parts.path) or "/"
    return urlunsplit(("https", place, path, _query(host, parts.query), ""))


def _query(host: str, query: str) -> str:
    pairs = parse_qsl(_SESSION.sub("", query), keep_blank_values=True)
    identity = _IDENTITY.get(host)
    if identity and identity <= {name for name, _ in pairs}:
        return urlencode(sorted({pair for pair in pairs if pair[0] in identity}))
    return urlencode(sorted(pair for pair in pairs if not _TRACKS.fullmatch(pair[0])))
