"""Names that stand behind a headline in a page's title: of outlets and of their sections.

Only what is listed here, or what the page itself calls its outlet, is cut from a title. Compared
without blanks.
"""

OUTLETS = frozenset(
    """
    경향신문 국민일보 내일신문 노컷뉴스 뉴데일리 뉴스1 뉴스와이어 뉴스핌 뉴시스 네이버뉴스 다음
    다음뉴스 데일리안 동아닷컴 동아일보 디지털데일리 디지털타임스 매경 매일경제 머니S 머니투데이
    문화일보 비즈워치 서울경제 서울신문 세계일보 아시아경제 아시아투데이 아이뉴스24 연합뉴스
    연합뉴스TV 연합인포맥스 오마이뉴스 이데일리 이투데이 전자신문 조선비즈 조선일보 중앙일보
    중소기업뉴스 쿠키뉴스 파이낸셜뉴스 프레시안 한겨레 한경닷컴 한국경제 한국경제TV 한국무역신문
    한국일보 헤럴드경제 ZDNetKorea ZUM뉴스 JTBC KBS KBS뉴스 MBC MBN SBS SBS뉴스 SBSBiz YTN
    정책브리핑 대한민국정책브리핑
    """.split()  # noqa: SIM905, names without their quotation marks
)

SECTIONS = frozenset(
    """
    IT IT·과학 건강 경제 경제일반 과학 교육 국제 국회·정당 금융 기사 기업 뉴스 뉴스기사 대통령실
    라이프 문화 보도자료 부동산 북한 사설 사회 산업 산업일반 생활 생활경제 세계 스포츠 연예
    오피니언 외교 외교·안보 전국 전체 정책 정책뉴스 정치 정치일반 종합 중기·벤처 증권 지역 칼럼
    행정 홈
    """.split()  # noqa: SIM905, names without their quotation marks
)
