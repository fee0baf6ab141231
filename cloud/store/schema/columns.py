"""What all tables share: their metadata and the type of large integers."""

from typing import Final

from sqlalchemy import BigInteger, Integer, MetaData

metadata: Final = MetaData()

BIG: Final = BigInteger().with_variant(Integer, "sqlite")
