"""The only SQL in the cloud."""
