"""Anomalies in the product: watching nodes, feedback, how well they are found."""
