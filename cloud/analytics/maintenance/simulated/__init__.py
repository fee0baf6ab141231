"""Assets drawn at random, whose drifts are known: what the findings are tried on."""
