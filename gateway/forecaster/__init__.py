"""The forecast at the edge: what it remembers, the model it runs, what it says."""
