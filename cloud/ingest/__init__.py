"""Uploads of the gateways: judged, entered in the ledger, acknowledged."""
