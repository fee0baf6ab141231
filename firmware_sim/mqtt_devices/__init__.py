"""Devices that publish by MQTT, and a broker for them."""
