"""What both ends agree on; a mismatch here would corrupt data silently."""
