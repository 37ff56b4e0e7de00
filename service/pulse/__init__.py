"""How sources do: is one as alive as it usually is? Pure."""
