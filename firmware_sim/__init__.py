"""Simulated hardware on real ports and ptys, written from the vendors' sheets."""
