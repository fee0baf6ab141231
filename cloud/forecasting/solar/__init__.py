"""What photovoltaic arrays will make: physics first, then what the array itself shows.

A clear sky's irradiance on the array's plane, times the share of it that the array
makes on its own clear hours, is what it would make without clouds. What it makes of
that, its clearness, is forecast from its recent hours and, where there is one, from the
weather forecast.
"""
