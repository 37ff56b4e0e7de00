"""The replica's hosts: one module a site, each ``answer(world, ask) → Reply``. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from service.demo.sites import korea_kr, mofa, mss, news
from service.demo.sites.web import Ask, Reply
from service.demo.world import Release, World

HOSTS: Mapping[str, Callable[[World, Ask], Reply]] = {
    "www.korea.kr": korea_kr.answer,
    "www.mss.go.kr": mss.answer,
    "www.mofa.go.kr": mofa.answer,
    "rss.etoday.co.kr": news.etoday,
    "www.yna.co.kr": news.yna,
    "www.mk.co.kr": news.mk,
}

ADDRESSES: Mapping[str, Callable[[Release], str]] = {
    "korea_kr": korea_kr.address,
    "mss": mss.address,
    "mofa": mofa.address,
    "etoday": news.etoday_address,
    "yna": news.yna_address,
    "mk": news.mk_address,
}
"""By site: where a release is for people to read, as the site itself writes it."""
