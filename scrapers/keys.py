"""The keys that publishers gave the operator: in clear on the wire, by their names anywhere else.

A source writes ``{key:naver_id}`` into an address or a header. What is stored, logged or told of a
request has the name in it, and so has what came back: an answer may repeat its address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from urllib.parse import quote, unquote

import httpx

from scrapers.errors import Broken

HOSTS: Mapping[str, str] = MappingProxyType(
    {
        "data_go_kr": "apis.data.go.kr",
        "bizinfo": "www.bizinfo.go.kr",
        "naver_id": "openapi.naver.com",
        "naver_secret": "openapi.naver.com",
        "naver_hub_id": "naverapihub.apigw.ntruss.com",
        "naver_hub_secret": "naverapihub.apigw.ntruss.com",
    }
)
"""Whom each key is told, by https. A redirect may lead away and a page may name one in a link."""

_NAMED = re.compile(r"(?:\{|%7B)key:(\w+)(?:\}|%7D)", re.IGNORECASE)


def names(texts: Iterable[str]) -> list[str]:
    """The names of the keys in addresses and headers, sorted."""
    joined = "\n".join(texts)
    return sorted(set(_NAMED.findall(joined))) if "key:" in joined else []


class Keys:
    """Values of keys by name."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """``values`` are printable ASCII, percent-encoded or not: data.go.kr hands out both."""
        self._values = {name: value for name, value in values.items() if value}
        self._spellings = {
            name: _any_spelling(unquote(value)) for name, value in self._values.items()
        }

    def put_into(self, request: httpx.Request, named: Sequence[str], url: str) -> httpx.Request:
        """``request`` as it goes out, with the keys that are ``named`` in it.

        An address has them encoded once, however they were given. Raises Broken, after ``url``,
        where one is not set or not for its host.
        """
        for name in named:
            if HOSTS.get(name) != request.url.host or request.url.scheme != "https":
                where = f"{request.url.scheme}://{request.url.host}"
                raise Broken(url, f"the key {name} is not for {where}")
            if name not in self._values:
                raise Broken(url, f"the key {name} is not set")

        def clear(found: re.Match[str]) -> str:
            return self._values[found[1]] if found[1] in named else found[0]

        def encoded(found: re.Match[str]) -> str:
            return quote(unquote(clear(found)), safe="")

        return httpx.Request(
            request.method,
            _NAMED.sub(encoded, str(request.url)),
            headers={name: _NAMED.sub(clear, value) for name, value in request.headers.items()},
            stream=request.stream,
        )

    def hidden(self, text: str) -> str:
        """``text`` with the name in the place of every key that it spells out."""
        for name, spelling in self._spellings.items():
            text = spelling.sub(f"{{key:{name}}}", text)
        return text


def _any_spelling(value: str) -> re.Pattern[str]:
    """Finds ``value`` plain, percent-encoded (more than once too) or with its slashes escaped."""
    signs = {sign: rf"(?:\\?{re.escape(sign)}|%(?:25)*(?i:{ord(sign):02x}))" for sign in value}
    return re.compile("".join(each if each.isalnum() else signs[each] for each in value))
