"""Tools of whoever adds a source or repairs one: try, discover, OPML, capture."""
