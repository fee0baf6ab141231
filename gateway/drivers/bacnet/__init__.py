"""BACnet/IP: controllers of ventilation, heating and light."""
