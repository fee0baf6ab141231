"""Devices that post their readings over HTTP, in the same words as to the cloud."""
