"""Learn the weights of service/judging/topics.npz from labelled releases: `make train DATA=FOLDER`.

FOLDER holds topics/train.jsonl and topics/bizinfo_2021.jsonl (labelled), stream/*.jsonl.gz,
same_story/docs.jsonl.gz and calls/notices_2026.jsonl.gz (texts). Labels of our own for some of
those texts are in topic_labels.tsv and field_labels.tsv beside this script. topics/releases.jsonl
is for testing and is not read here.

Ridge regression in its dual form, so numpy is enough. Half a minute on two cores, 3 GB.
What is written holds hashes and numbers only; the same data gives the same weights to the last
digit or so. Five-fold figures are printed: folds keep releases of one title together.
"""
# ruff: noqa: INP001, T201

from __future__ import annotations

import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from notices import Notice, labelled, lines
from numpy.typing import NDArray
from topic_basis import Basis, Mask, Matrix

from service.judging.taxonomy import taxonomies
from service.judging.topics import KINDS, masker
from service.reading.publishers import Registry

HERE = Path(__file__).parent
TARGET = HERE.parent / "service/judging/topics.npz"
FOLDS = 5
RIDGE = {"about": 0.3, "kind": 0.15, "support": 1.0}
PUBLISHER = 0.2


@dataclass(frozen=True)
class Release:
    """A labelled release, the chief topic first."""

    title: str
    text: str
    publisher: str | None
    topics: tuple[str, ...]
    kind: str
    given: bool


def main(folder: Path) -> None:
    """Train on what the folder holds, print the figures, write the weights."""
    topics, fields = taxonomies()
    registry = Registry.load()
    without_agencies = masker(registry.names())
    arrays = _about(_releases(folder, registry, topics), topics, without_agencies)
    arrays |= _support(labelled(folder), fields, without_agencies)
    _write(TARGET, arrays)
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1e6:.1f} MB")


def _about(
    releases: Sequence[Release], topics: Mapping[str, Sequence[str]], without_agencies: Mask
) -> dict[str, NDArray[np.generic]]:
    codes = list(topics)
    texts = [(each.title, each.text) for each in releases]
    basis = Basis("about", texts, without_agencies, topics)
    publishers = sorted({each.publisher for each in releases if each.publisher})
    by_publisher = np.array([[each.publisher == one for one in publishers] for each in releases])
    by_publisher = by_publisher * PUBLISHER

    wanted = np.array([[code in each.topics for code in codes] for each in releases])
    chief = np.array([codes.index(each.topics[0]) for each in releases])
    kinds = np.array([KINDS.index(each.kind) for each in releases])
    targets = {
        "about": np.hstack([wanted * 2.0 - 1, np.eye(len(codes))[chief]]),
        "kind": np.eye(len(KINDS))[kinds],
    }
    gram = basis.gram() + by_publisher @ by_publisher.T

    by_part = [
        _out_of_fold(gram, part, RIDGE[name], [title for title, _ in texts])
        for name, part in targets.items()
    ]
    scores = np.hstack(by_part)
    given = np.array([each.given for each in releases])
    limit = _best_limit(scores[:, : len(codes)], wanted, most=4)
    _report_about(scores[given], wanted[given], chief[given], kinds[given], limit)
    solved = [_solved(gram, part, RIDGE[name]) for name, part in targets.items()]
    dual, bias = (np.hstack(each) for each in zip(*solved, strict=True))
    return {
        **basis.stored(dual, bias),
        "publishers": np.array(publishers),
        "publisher_weights": (PUBLISHER * by_publisher.T @ dual).astype(np.float16),
        "topic_limit": np.array(limit, np.float32),
        "topic_slope": np.array(_slope(scores[:, : len(codes)] - limit, wanted), np.float32),
    }


def _support(
    notices: Sequence[Notice], fields: Mapping[str, Sequence[str]], without_agencies: Mask
) -> dict[str, NDArray[np.generic]]:
    basis = Basis("support", [each.shown for each in notices], without_agencies, fields)
    gram = basis.gram()
    targets = np.array([[each.target(name) for name in fields] for each in notices])
    given = np.array([each.given for each in notices])
    titles = [each.shown[0] if each.given else None for each in notices]
    scores = _out_of_fold(gram, targets, RIDGE["support"], titles)[given]
    wanted = np.array([[name in each.fields for name in fields] for each in notices])[given]
    limit = _best_limit(scores, wanted, most=len(fields))
    micro, macro = _f1(wanted, _decided(scores, limit, len(fields)))
    print(f"support fields: micro-F1 {micro:.4f}, macro-F1 {macro:.4f}, limit {limit:.3f}")
    return {
        **basis.stored(*_solved(gram, targets, RIDGE["support"])),
        "field_limit": np.array(limit, np.float32),
    }


def _releases(folder: Path, registry: Registry, codes: Collection[str]) -> list[Release]:
    def release(
        entry: Mapping[str, Any], topics: Sequence[str], kind: str, *, given: bool
    ) -> Release:
        body = registry.find(entry["ministry"])
        publisher = body.id if body else None
        return Release(entry["title"], entry["text"], publisher, tuple(topics), kind, given)

    labelled = [
        release(entry, entry["gold"]["topics"], entry["gold"]["kind"], given=True)
        for entry in lines(folder / "topics/train.jsonl")
    ]
    texts = {
        entry["news_item_id"]: entry
        for path in (folder / "same_story/docs.jsonl.gz", *sorted((folder / "stream").iterdir()))
        for entry in lines(path)
    }
    ours = [line.split("\t") for line in (HERE / "topic_labels.tsv").read_text().splitlines()[1:]]
    for line, (number, topics, kind) in enumerate(ours, 2):
        if wrong := [*({*topics.split()} - {*codes}), *({kind} - {*KINDS}), *({number} - {*texts})]:
            sys.exit(f"topic_labels.tsv:{line}: 모르는 것 / unknown: {', '.join(wrong)}")
    return labelled + [
        release(texts[number], topics.split(), kind, given=False) for number, topics, kind in ours
    ]


def _solved(gram: Matrix, targets: Matrix, ridge: float) -> tuple[Matrix, Matrix]:
    mean = targets.mean(0)
    return np.linalg.solve(gram + ridge * np.eye(len(gram)), targets - mean), mean


def _out_of_fold(
    gram: Matrix, targets: Matrix, ridge: float, titles: Sequence[str | None]
) -> Matrix:
    # For each text what the other folds taught; one without a title only teaches.
    scores = np.zeros(targets.shape)
    fold = np.array([FOLDS if title is None else _fold(title) for title in titles])
    for number in range(FOLDS):
        kept, left = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        dual, mean = _solved(gram[np.ix_(kept, kept)], targets[kept], ridge)
        scores[left] = gram[np.ix_(left, kept)] @ dual + mean
    return scores


def _fold(title: str) -> int:
    series = re.sub(r"[\W\d]", "", title)[:14]
    return hashlib.sha256(series.encode()).digest()[0] % FOLDS


def _decided(scores: Matrix, limit: float, most: int) -> NDArray[np.bool_]:
    ranks = np.argsort(np.argsort(-scores, axis=1), axis=1)
    return np.asarray(((scores >= limit) & (ranks < most)) | (ranks == 0))


def _best_limit(scores: Matrix, wanted: NDArray[np.bool_], most: int) -> float:
    limits = np.arange(-0.5, 0.2, 0.025)
    return float(max(limits, key=lambda each: _f1(wanted, _decided(scores, each, most))[0]))


def _f1(wanted: NDArray[np.bool_], got: NDArray[np.bool_]) -> tuple[float, float]:
    hit, all_ = (wanted & got).sum(0), wanted.sum(0) + got.sum(0)
    return 2 * hit.sum() / all_.sum(), float(np.mean(2 * hit / np.maximum(all_, 1)))


def _slope(margins: Matrix, wanted: NDArray[np.bool_]) -> float:
    """The slope of a logistic curve that makes margins likelihoods, by Newton's method."""
    x, y, slope = margins.ravel(), wanted.ravel(), 1.0
    for _ in range(30):
        p = 1 / (1 + np.exp(-slope * x))
        slope += float(((y - p) * x).sum() / ((p * (1 - p) * x * x).sum() + 1e-9))
    return slope


def _report_about(
    scores: Matrix,
    wanted: NDArray[np.bool_],
    chief: NDArray[np.int_],
    kinds: NDArray[np.int_],
    limit: float,
) -> None:
    count = wanted.shape[1]
    micro, macro = _f1(wanted, _decided(scores[:, :count], limit, 4))
    general, primary, kind = np.split(scores, [count, 2 * count], axis=1)
    right = float(np.mean((general + primary).argmax(1) == chief))
    by_words = float(np.mean(kind.argmax(1) == kinds))
    print(f"topics: micro-F1 {micro:.4f}, macro-F1 {macro:.4f}, primary {right:.4f}")
    print(f"kind by words alone: {by_words:.4f}; limit {limit:.3f}")


def _write(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """As numpy's savez_compressed does, with a fixed date: the same weights, the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in sorted(arrays.items()):
            content = io.BytesIO()
            np.save(content, array, allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content.getvalue(), compresslevel=9)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
