"""정책브리핑 기관별 보도자료: korea.kr by ministry, a check on what korea_kr shows.

The list of all turns over fast at noon, and its newsIds do not rise with time, so that something
may slip by unseen. That of one body goes back for days. All 48 take their turns in a third of a
day; only what the list of all never showed is stored.
"""

from scrapers.platforms import korea_kr
from scrapers.platforms.rota import Rota

_BODIES = (
    "A00001",  # 고용노동부
    "A00002",  # 교육부
    "A00004",  # 국무조정실
    "A00005",  # 국방부
    "A00006",  # 국토교통부
    "A00008",  # 농림축산식품부
    "A00009",  # 문화체육관광부
    "A00010",  # 법무부
    "A00011",  # 법제처
    "A00012",  # 보건복지부
    "A00013",  # 성평등가족부
    "A00014",  # 외교부
    "A00015",  # 산업통상부
    "A00017",  # 통일부
    "A00019",  # 기후에너지환경부
    "A00023",  # 해양수산부
    "A00027",  # 식품의약품안전처
    "A00030",  # 인사혁신처
    "A00031",  # 행정안전부
    "A00032",  # 중소벤처기업부
    "A00033",  # 과학기술정보통신부
    "A00037",  # 국가보훈부
    "A00038",  # 국가데이터처
    "A00039",  # 지식재산처
    "A00041",  # 재정경제부
    "B00002",  # 경찰청
    "B00003",  # 관세청
    "B00004",  # 국세청
    "B00005",  # 기상청
    "B00006",  # 농촌진흥청
    "B00008",  # 방위사업청
    "B00010",  # 산림청
    "B00013",  # 조달청
    "B00017",  # 해양경찰청
    "B00018",  # 행정중심복합도시건설청
    "B00021",  # 새만금개발청
    "B00022",  # 소방청
    "B00023",  # 질병관리청
    "B00024",  # 재외동포청
    "B00025",  # 국가유산청
    "B00026",  # 우주항공청
    "C00001",  # 공정거래위원회
    "C00002",  # 국민권익위원회
    "C00003",  # 금융위원회
    "C00005",  # 방송미디어통신위원회
    "C00012",  # 원자력안전위원회
    "C00019",  # 개인정보보호위원회
    # Together, since each may be silent for long, and a list without a row is an error: 검찰청,
    # 병무청, 경제사회노동위원회, 저출산고령사회위원회, 국민통합위원회, 국가기후위기대응위원회.
    "B00001,B00009,E00001,E00021,E00023,E00027",
)

SOURCE = Rota(
    publisher=None,
    url=korea_kr.list_url("1", "{part}"),
    parts=_BODIES,
    row=korea_kr.ROW,
    key=korea_kr.KEY,
    link=korea_kr.LINK,
    title=korea_kr.TITLE,
    date=korea_kr.DATE,
    issuer=korea_kr.ISSUER,
    summary=korea_kr.SUMMARY,
    article=korea_kr.ARTICLE,
    every=600,
    pause=2,
    route_of="korea_kr",
)
