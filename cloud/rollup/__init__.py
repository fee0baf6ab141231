"""From readings to energy per interval, hour and day, of every node."""
