"""A small BACnet/IP stack of the simulator's own, written from ASHRAE 135."""
