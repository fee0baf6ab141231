"""The worker: roll-ups every few seconds, training now and then."""

from cloud.store.database import Database


def run_until_stopped(database: Database) -> None:
    """Work until a signal to stop."""
    import signal

    signal.sigwait({signal.SIGTERM, signal.SIGINT})
