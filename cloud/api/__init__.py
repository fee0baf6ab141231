"""The endpoints, one resource in each file."""
