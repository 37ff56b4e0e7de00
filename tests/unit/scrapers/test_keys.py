"""Keys: in clear to whom they belong, nowhere else."""

import time

import httpx
import pytest

from scrapers.errors import Broken
from scrapers.keys import HOSTS, Keys, names
from scrapers.registry import sources
from service.config import Settings

DECODED = "aB3+/xyz=="
ENCODED = "aB3%2B%2Fxyz%3D%3D"
URL = "https://apis.data.go.kr/list?serviceKey={key:data_go_kr}&page=1"


def sent(url: str, values: dict[str, str], **headers: str) -> httpx.Request:
    request = httpx.Request("GET", url, headers=headers)
    return Keys(values).put_into(request, names([url, *headers.values()]), "asked")


@pytest.mark.parametrize("given", [DECODED, ENCODED])
def test_a_key_is_encoded_once_in_an_address_however_it_was_given(given: str) -> None:
    request = sent(URL, {"data_go_kr": given})

    assert request.url.raw_path == f"/list?serviceKey={ENCODED}&page=1".encode()


def test_a_key_goes_into_a_header_as_it_was_given() -> None:
    url = "https://openapi.naver.com/v1/search/news.json"
    request = sent(url, {"naver_id": DECODED}, **{"X-Naver-Client-Id": "{key:naver_id}"})

    assert request.headers["X-Naver-Client-Id"] == DECODED
    assert str(request.url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/list?k={key:data_go_kr}",
        "https://apis.data.go.kr.evil.example/list?k={key:data_go_kr}",
        "https://www.data.go.kr/list?k={key:data_go_kr}",
        "http://apis.data.go.kr/list?k={key:data_go_kr}",
        "https://apis.data.go.kr/list?k={key:naver_secret}",
        "https://apis.data.go.kr/list?k={key:nobodys}",
    ],
)
def test_a_key_is_told_nobody_but_its_host_and_never_in_clear(url: str) -> None:
    with pytest.raises(Broken, match="is not for http") as refused:
        sent(url, {"data_go_kr": DECODED, "naver_secret": DECODED, "nobodys": DECODED})

    assert DECODED not in str(refused.value)


@pytest.mark.parametrize("values", [{}, {"data_go_kr": ""}])
def test_a_key_that_is_not_set_is_named(values: dict[str, str]) -> None:
    with pytest.raises(Broken, match=r"asked: .*: the key data_go_kr is not set"):
        sent(URL, values)


def test_only_what_the_source_named_is_put_in() -> None:
    """A page that sends us on may not ask for a key of its own."""
    values = {"naver_id": "an-id-of-ours", "naver_secret": DECODED}
    request = httpx.Request("GET", "https://openapi.naver.com/x?leak={key:naver_secret}")

    filled = Keys(values).put_into(request, ["naver_id"], "asked")

    assert "xyz" not in str(filled.url)


@pytest.mark.parametrize(
    "spelt",
    [
        DECODED,
        ENCODED,
        ENCODED.lower().replace("ab3", "aB3"),
        ENCODED.replace("%", "%25"),
        DECODED.replace("/", "\\/"),
        "aB3%2B/xyz==",
    ],
)
def test_a_key_is_hidden_however_an_answer_spells_it(spelt: str) -> None:
    said = Keys({"data_go_kr": ENCODED}).hidden(f"no such key: {spelt}; ask again")

    assert said == "no such key: {key:data_go_kr}; ask again"


def test_keys_are_found_in_addresses_and_headers_also_where_those_are_encoded() -> None:
    assert names([URL, "{key:naver_id}", "%7Bkey:naver_secret%7D"]) == [
        "data_go_kr", "naver_id", "naver_secret",
    ]  # fmt: skip
    assert names(["https://a.kr/view?id={key}", "{page}"]) == []


@pytest.mark.parametrize("name", [name for name, source in sources().items() if source.needs])
def test_a_source_needs_what_its_request_names_and_every_key_has_its_host(name: str) -> None:
    source = sources()[name]
    request = source.first()

    assert names([request.url, *(request.headers or {}).values()]) == sorted(source.needs)
    assert {HOSTS[each] for each in source.needs} == {httpx.URL(request.url).host}
    assert all(f"key_{each}" in Settings.model_fields for each in source.needs)


def test_every_key_that_can_be_set_is_told_somebody() -> None:
    settable = {name for name in Settings.model_fields if name.startswith("key_")}

    assert {f"key_{name}" for name in HOSTS} == settable


def test_hostile_text_costs_no_more_than_its_length() -> None:
    keys = Keys({"data_go_kr": "+/" * 50})
    started = time.process_time()
    for hostile in ("%25" * 100_000, "{key:" * 100_000, "+" * 300_000, "%7Bkey:" * 100_000):
        keys.hidden(hostile)
        names([hostile])
    assert time.process_time() - started < 10
