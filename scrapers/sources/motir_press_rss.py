"""산업통상부 보도자료 RSS: the same releases as motir_press."""

from scrapers.platforms import motir

SOURCE = motir.feed(motir.PRESS, route_of="motir_press")
