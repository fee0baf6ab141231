"""OCPP 1.6 over JSON: charge points that connect to the gateway by themselves."""
