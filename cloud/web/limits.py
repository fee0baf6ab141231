"""Rate limits, kept in memory by each process."""

from typing import Final

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

SIGN_IN: Final = "10 per minute; 60 per hour"

limiter: Final = Limiter(get_remote_address, storage_uri="memory://")
