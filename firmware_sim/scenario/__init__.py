"""Scenarios: one building's devices of any kind, as a TOML file describes them."""
