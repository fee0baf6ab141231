"""Nouns of the aggregator, without I/O."""
