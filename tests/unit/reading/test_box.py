"""The words of the release-time box, wherever a parser put them."""

import pytest

from service.reading.box import Box, box, flat


def test_each_label_has_its_value() -> None:
    found = box(
        "보도자료\n보도시점\t4. 13.(월) 11:00\n< 4. 14.(화) 조간 >\t배포\t4. 13.(월)\n\n제목"
    )
    assert found == Box(
        release="4. 13.(월) 11:00\n< 4. 14.(화) 조간 >",
        given="4. 13.(월)",
        words="보도시점 4. 13.(월) 11:00\n< 4. 14.(화) 조간 >",
    )


def test_the_title_below_is_no_value() -> None:
    found = box("보도시점\n배포 즉시\n가나다 정책, 4. 15.(수) 발표\n")
    assert found is not None
    assert found.release == "배포 즉시"


def test_an_event_may_stand_on_the_line_below() -> None:
    found = box("보도시점\n국무회의 의결 시\n가나다 정책 발표\n")
    assert found is not None
    assert found.release == "국무회의 의결 시"


def test_the_distribution_may_stand_alone() -> None:
    found = box("배포일시\t2026. 4. 13.(월)\n제목\n본문")
    assert found == Box(release="", given="2026. 4. 13.(월)", words="")


@pytest.mark.parametrize(
    "text", ["", "제목\n본문 4월 3일", "자료를 배포 하였다 4월 3일", "보도시점"]
)
def test_a_text_without_a_box_has_none(text: str) -> None:
    assert box(text) is None


def test_cell_marks_are_blanks() -> None:
    assert flat("<4. 13.(월)>\n<< 11:00 >>") == " 4. 13.(월) 11:00 "
