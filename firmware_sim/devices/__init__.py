"""Device models: what each one's registers hold, from its vendor's sheet."""
