"""At the edge of a request: who asks, in what form, and how errors are told."""
