"""The demo: simulators, gateways and cloud as processes, and a ledger at the end."""
