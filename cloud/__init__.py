"""The aggregator: collects what the gateways send and answers for the campus."""
