"""Maintenance at work: gathers each asset's days, examines them, keeps findings."""
