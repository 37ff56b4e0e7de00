"""Kinds of site: page → posts, post page → text and files. Pure."""
