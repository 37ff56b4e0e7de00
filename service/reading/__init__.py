"""Text → facts. Pure."""
