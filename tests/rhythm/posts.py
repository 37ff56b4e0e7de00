"""A post's own page made from its fixture, without its files."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

from scrapers.model import Post, Source
from scrapers.platforms.api import Api
from tests.rhythm.holes import DATE, ISSUER, KEY, TEXT, TITLE, NoReplica, Template


def with_posts(made: Template, source: Source, folder: Path, post: Post) -> Template:
    """``made`` with the page of a post, where the source opens posts. Raises NoReplica."""
    if source.open(post) is None:
        return made
    if (folder / "post.json").exists() and isinstance(source, Api):
        content = json.loads((folder / "post.json").read_text("utf-8"))
        put(content, source.text, TEXT)
        return replace(made, post=json.dumps(content, ensure_ascii=False))
    layout = getattr(source, "article", None)
    if layout is None or not (folder / "post.html").exists():
        raise NoReplica(f"{folder.name}: no fixture of a post")
    root = BeautifulSoup((folder / "post.html").read_text("utf-8"), "lxml")
    # Documents are tested elsewhere, and cost a second each.
    for selector in filter(None, (layout.files, layout.file_name)):
        for link in root.select(selector):
            link.decompose()
    if layout.title:
        say(root, layout.title, TITLE)
    form = _dated(root, layout.date)
    if layout.issuer and made.issuers and root.select(layout.issuer):
        say(root, layout.issuer, ISSUER)
    body = root.select_one(layout.body)
    assert body is not None
    part = folder / "part.html"
    if not part.exists():
        paragraph = root.new_tag("p")
        paragraph.string = TEXT
        body.append(paragraph)
        return replace(made, post=str(root), post_form=form)
    frame = BeautifulSoup(part.read_text("utf-8"), "lxml")
    assert frame.body is not None
    frame.body.clear()
    frame.body.append(TEXT)
    viewer = root.select_one(layout.frame)
    assert viewer is not None
    viewer["src"] = re.sub(r"fn=[^&]*", f"fn={KEY}", str(viewer["src"]))
    return replace(made, post=str(root), post_form=form, part=str(frame))


def _dated(root: BeautifulSoup, selector: str | None) -> str:
    """Make the hole for the date of a post's page; returns its form."""
    element = root.select_one(selector) if selector else None
    if element is None:
        return "%Y-%m-%d"
    in_meta = element.name == "meta"
    text = str(element.get("content")) if in_meta else element.get_text()
    match = re.search(r"\d{4}[-./]\d\d[-./]\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?", text)
    if match is None:
        raise NoReplica(f"the date {text!r} of a post has an unknown form")
    form = re.sub(r"^\d{4}(.)\d\d(.)\d\d", r"%Y\1%m\2%d", match[0])
    form = re.sub(r"\d\d:\d\d:\d\d", "%H:%M:%S", form)
    form = re.sub(r"\d\d:\d\d", "%H:%M", form)
    if in_meta:
        element["content"] = text.replace(match[0], DATE)
    else:
        element.clear()
        element.append(text.replace(match[0], DATE))
    return form


def say(around: Tag, selector: str, words: str) -> None:
    """Make the one element there say nothing but ``words``."""
    element = around.select_one(selector)
    assert element is not None
    element.clear()
    element.append(words)


def put(value: Any, path: str, words: str) -> None:
    """Make what stands at ``path`` of a JSON value say ``words``."""
    *above, last = path.split(".")
    for name in above:
        value = value[name]
    value[last] = words
