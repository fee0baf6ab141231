"""The edge daemon: meters in, sealed batches out, nothing lost in between."""
