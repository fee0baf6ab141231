"""What the claims of speed rest on: each row beside its peer or its limit."""
