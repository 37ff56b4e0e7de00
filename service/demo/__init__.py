"""A replica of real sites on loopback, and the ledger that proves the main job."""
