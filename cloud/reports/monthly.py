"""The monthly report of a site."""

from cloud.analytics.savings import Prices
from cloud.facts.comparison import building_comparison
from cloud.facts.month import month
from cloud.reports import Report
from cloud.store.database import Database


def monthly(
    database: Database,
    reference: str,
    label: str,
    span_s: tuple[int, int],
    prices: Prices,
) -> Report:
    """Return the report of the local month `label`, which spans `span_s`.

    Raises:
        UnknownNodeError: There is no such node.
    """
    figures = month(database, reference, span_s, prices)
    compared = building_comparison(database, reference, span_s)
    return Report(
        name=f"voltonic-{reference.replace('/', '-')}-{label}",
        about={
            "month": label,
            "node": figures.node,
            "name": figures.name,
            "timezone": figures.timezone,
            "currency": prices.currency,
            "cost_per_kwh": prices.cost_per_kwh,
            "co2_kg_per_kwh": prices.co2_kg_per_kwh,
        },
        totals=figures.totals,
        sections={"buildings": compared.buildings, "days": figures.days},
    )
