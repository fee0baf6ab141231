"""MQTT: devices that publish to a broker, each in the dialect of its firmware."""
