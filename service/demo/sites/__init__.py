"""The replica's hosts: one module a site, each ``answer(world, ask) → Reply``. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from service.demo.sites import korea_kr, mofa, mss, news
from service.demo.sites.web import Ask, Reply
from service.demo.world import World

HOSTS: Mapping[str, Callable[[World, Ask], Reply]] = {
    "www.korea.kr": korea_kr.answer,
    "www.mss.go.kr": mss.answer,
    "www.mofa.go.kr": mofa.answer,
    "rss.etoday.co.kr": news.etoday,
    "www.yna.co.kr": news.yna,
    "www.mk.co.kr": news.mk,
}
