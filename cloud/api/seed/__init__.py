"""The paths of the systems that came before, as thin adapters."""
