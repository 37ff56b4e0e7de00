"""The commands of `pabal`, one module a group."""
