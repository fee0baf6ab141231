"""Which addresses lead back to this machine: the only ones spoken to in the clear."""

from ipaddress import ip_address


def is_loopback(host: str | None) -> bool:
    """Return whether what is sent to `host` never leaves this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return False
