"""정책브리핑 정책뉴스 API: policy news that the government writes itself, data.go.kr."""

from scrapers.platforms.opendata import OpenData

SOURCE = OpenData(
    publisher=None,
    url="https://apis.data.go.kr/1371000/policyNewsService2/policyNewsList2"
    "?serviceKey={key:data_go_kr}&startDate={since}&endDate={until}",
    item="body/NewsItem",
    key="NewsItemId",
    title="Title",
    link="https://www.korea.kr/news/policyNewsView.do?newsId={key}",
    date="ApproveDate",
    issuer="MinisterCode",
    text="DataContents",
    date_only=True,
)
