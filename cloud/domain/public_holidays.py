"""Public holidays of a country."""

from collections.abc import Iterable
from datetime import date
from typing import Final

NATION_ONLY: Final = frozenset({"US"})
"""Countries whose states have days of their own on which most people work."""


class UnknownCountryError(ValueError):
    """Nothing is known of this country's or subdivision's holidays."""


def public_holidays(
    country: str, subdivision: str | None, years: Iterable[int]
) -> frozenset[date]:
    """Return the public holidays of `country` in `years`, as observed.

    Args:
        country: ISO 3166-1 code of two letters.
        subdivision: ISO 3166-2 code without the country, for holidays of a state; those
            of a country in `NATION_ONLY` are offices' holidays and left out.

    Raises:
        UnknownCountryError: Names which of the two is not known.
    """
    from holidays import country_holidays

    try:
        found = country_holidays(country, subdiv=subdivision, years=list(years))
        if country in NATION_ONLY:
            found = country_holidays(country, years=found.years)
    except NotImplementedError as error:
        raise UnknownCountryError(str(error)) from error
    return frozenset(found)
