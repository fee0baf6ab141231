"""People and keys: who may come in, and as what."""

from cloud.identity.first_administrator import first_administrator_link

__all__ = ["first_administrator_link"]
