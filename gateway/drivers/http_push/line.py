"""Where devices post, and who each of them is."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class HttpPushLine:
    """A port of this machine.

    Attributes:
        host: Address to listen on; empty for all of the machine's.
        port: 0 for any that is free.
        timeout_s: Least time without a post after which a device is silent. [s]
    """

    name: str
    host: str = ""
    port: int = 8081
    timeout_s: float = 60.0
    simulated: bool = False

    def __str__(self) -> str:
        return f"port {self.port}" + (f" of {self.host}" if self.host else "")


@dataclass(frozen=True, slots=True)
class PushPlace:
    """A device that posts.

    Attributes:
        device_id: What it is called in answers, and may call itself in posts.
        key_sha256: Hash of its key.
        interval: How often it should post.
        is_counter: Its energy is its counter's own value, not what came since.
        capacity_kw: What a load of 100 % is. [kW]
        nominal_v: Voltage around which its bands lie. [V]
    """

    device_id: str
    key_sha256: bytes
    interval: timedelta = timedelta(seconds=60)
    is_counter: bool = False
    capacity_kw: float | None = None
    nominal_v: float = 230.0
