"""Protocols, as code: each driver turns a device's bytes into readings."""
