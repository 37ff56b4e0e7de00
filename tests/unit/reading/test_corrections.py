"""Periods that were put off: the new days count, and the old ones are never told."""

from datetime import date

import pytest

from service.reading.calls import find

NEAR = date(2026, 3, 9)
TITLE = "빛마루 지원사업 참가기업 모집 변경 공고"


@pytest.mark.parametrize(
    "text",
    [
        "접수기한 : (당초) 2026년 3월 20일(금) → (변경) 2026년 4월 6일(월)",
        "접수기간 : (기존) 3. 2. ~ 3. 20. 18:00 (변경) 3. 2. ~ 4. 6. 18:00",
        "신청기간 : 2026. 3. 2.(월) ~ 3. 20.(금) 18:00 -> 4. 6.(월) 18:00",
        "신청기간 : 2026. 3. 2.(월) ~ 3. 20.(금) 18:00 → 4. 6.(월) 오후 6시까지 연장한다",
        "신청기간 : 3. 2. ~ 3. 20. => 3. 2. ~ 4. 6.",
        "신청기간 : 3. 2. ~ 3. 20.(18:00까지) ⇒ (변경) 3. 2. ~ 4. 6.",
        "신청기간 : 3. 2. ~ 3. 20. ➡ 4. 6. (누리집에서 신청)",
        "접수기한 : 3. 20. → 4. 6.",
        "구분\t변경 전\t변경 후\n신청기간\t2026. 3. 2. ~ 3. 20.\t2026. 3. 2. ~ 4. 6.",
        "구분\t당초\t변경\t비고\n대상\t기업\t같음\t\n접수마감\t3. 20.(금)\t4. 6.(월) 18:00\t연장",
        "|구분|기존 공고|변경|\n|---|---|---|\n|접수기간|3. 2. ~ 3. 20.|3. 2. ~ 4. 6.|",
        "항목\t신청기간\n변경 전\t3. 2. ~ 3. 20.\n변경 후\t3. 2. ~ 4. 6.",
        "과정\t당초 신청기간\t변경 신청기간\n빛마루\t3. 2. ~ 3. 20.\t3. 2. ~ 4. 6.",
        "□ 변경 전\n신청기간 : 3. 2. ~ 3. 20.\n\n□ 변경 후\n신청기간 : 3. 2. ~ 4. 6.",
        "구분\n변경 전\n변경 후\n신청기간\n2026. 3. 2. ~ 3. 20.\n2026. 3. 2. ~ 4. 6.",
    ],
)
def test_of_a_changed_period_the_new_one_counts(text: str) -> None:
    assert find(TITLE, text, NEAR).end == date(2026, 4, 6)


@pytest.mark.parametrize(
    "text",
    [
        "신청기간 : 3. 2.(월) ~ 3. 13.(금) → 20일(금)",
        "구분\t변경 전\t변경 후\n신청기간\t2026. 3. 2. ~ 3. 20.\t추후 안내",
        "구분\t당초\n접수마감\t3. 20.(금)까지",
        "□ 당초\n신청기간 : 3. 2. ~ 3. 20.",
    ],
)
def test_an_old_day_is_none_where_the_new_one_is_not_read(text: str) -> None:
    call = find(TITLE, text, NEAR)
    assert (call.is_call, call.start, call.end) == (True, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "접수기간 3. 12. ~ 4. 6. → 서류심사 → 5. 8. 발표",
        "접수기간 3. 12. ~ 4. 6. → 4. 9. 심사 → 5. 8. 발표",
        "접수기간 3. 12. ~ 4. 6. → 심사 4. 9. ~ 4. 10.",
        "신청 접수(3. 12. ~ 4. 6.) → 심사(4. 9. ~ 4. 10.) → 발표(5. 8.)",
        "구분\t기존기업\n신청기간\t3. 12. ~ 4. 6.",
        "□ 당초 계획과 달라진 점\n신청기간 : 3. 12. ~ 4. 6.",
        "평균 2. 1. → 2. 3. 로 늘었다.\n신청기간 : 3. 12. ~ 4. 6.",
    ],
)
def test_what_leads_on_to_a_next_step_is_not_changed(text: str) -> None:
    assert find(TITLE, text, NEAR).end == date(2026, 4, 6)
