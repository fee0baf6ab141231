"""How well forecasts would have done on somebody's own meter files."""
