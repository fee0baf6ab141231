"""Capacity planning: how the peaks of the months grow, against a connection's limit."""
