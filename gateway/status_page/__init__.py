"""The gateway's own page, for who stands before it with a phone."""
