from service.model import Reading
from service.reading.publishers import Registry
from service.reading.release import read

REGISTRY = Registry.load()


def test_a_release_is_read_clean_with_its_publishers() -> None:
    reading = read("수출\u00a0동향", "본문\u200b이다. \n\n\n\n끝", "과기정통부·환경부", REGISTRY)

    assert reading == Reading("수출 동향", "본문이다.\n\n끝", ("msit", "mcee"), None)


def test_an_unknown_publisher_is_kept_as_printed() -> None:
    reading = read("제목", "글", " 외교부·새로운부 ", REGISTRY)

    assert reading.publishers == ("mofa",)
    assert reading.unknown_publisher == "새로운부"


def test_a_release_without_a_printed_publisher_has_none() -> None:
    reading = read("제목", "글", None, REGISTRY)

    assert reading.publishers == ()
    assert reading.unknown_publisher is None
