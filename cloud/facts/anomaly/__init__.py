"""Anomalies: what they are judged by, which there are, and how they looked."""
