"""헤럴드경제 경제: Herald Business, economy (RSS)."""

from scrapers.platforms.feed import NewsFeed

SOURCE = NewsFeed(
    publisher="heraldcorp",
    url="https://biz.heraldcorp.com/rss/google/economy",
    key=r"/article/(\d+)",
    link="https://biz.heraldcorp.com/article/{key}",
)
