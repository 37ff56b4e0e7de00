"""정책브리핑 보도자료 API: press releases of all ministries, data.go.kr 15095295.

It checks what korea_kr shows. A release approved at 00:00:00 lies in the windows of two days; its
newsId makes that harmless.
"""

from scrapers.platforms import korea_kr
from scrapers.platforms.opendata import OpenData

SOURCE = OpenData(
    publisher=None,
    # Three days are the most that it answers.
    url="https://apis.data.go.kr/1371000/pressReleaseService/pressReleaseList"
    "?serviceKey={key:data_go_kr}&startDate={since}&endDate={until}",
    item="body/NewsItem",
    key="NewsItemId",
    title="Title",
    link=korea_kr.LINK,
    date="ApproveDate",
    # Holds the name, or nothing.
    issuer="MinisterCode",
    text="DataContents",
    article=korea_kr.ARTICLE,
    date_only=True,
    route_of="korea_kr",
    checks=True,
)
