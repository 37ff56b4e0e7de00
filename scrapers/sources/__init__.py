"""One declared source a file; the file name is the id of the source."""
