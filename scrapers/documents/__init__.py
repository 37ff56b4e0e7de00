"""Documents that ministries publish: bytes → text with its tables. Pure; no network."""
