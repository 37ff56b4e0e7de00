"""Sends one message through one channel; remembers nothing."""
