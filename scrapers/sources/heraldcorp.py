"""헤럴드경제 전체 기사: Herald Business, all articles (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="heraldcorp",
    url="https://biz.heraldcorp.com/rss/google/newsAll",
    key=r"/article/(\d+)",
    link="https://biz.heraldcorp.com/article/{key}",
)
