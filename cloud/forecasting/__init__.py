"""Forecasts: what they are trained on, how well they do, how they are published."""
