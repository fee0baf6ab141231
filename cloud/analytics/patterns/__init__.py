"""What is usual for a load: days, weeks, seasons, trend; and what could be saved."""
