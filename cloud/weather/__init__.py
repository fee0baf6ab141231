"""Asking others for the weather of the sites, politely, and keeping what they say."""
