"""How well maintenance finds what is wrong, tried on assets drawn at random."""
