"""How setpoints are put into devices; only the guard may do it."""
