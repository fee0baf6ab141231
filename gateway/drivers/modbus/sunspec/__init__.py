"""SunSpec devices: where their models lie is found out by asking them."""
