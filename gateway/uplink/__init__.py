"""The carriers of the upload: the same bytes over each."""
