"""The hosts of the replica: one module a site, each ``answer(world, ask) → Reply``. Pure."""
