"""Forecasts of nodes: made, told, compared with what came; and what is usual."""
