"""Reads public pages and says what they announce; remembers nothing."""
