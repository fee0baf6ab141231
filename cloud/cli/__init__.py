"""The commands of `voltonic-cloud`, one file each."""
