"""Predictive maintenance: equipment that needs more energy for the same duty."""
