"""The page for people and the health checks for machines."""
