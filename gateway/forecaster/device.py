"""The device that forecasts come from, as the cloud is told of it."""

from typing import Final

from contract.inventory import DeviceEntry, Role
from contract.quantity import Quantity

NAME: Final = "forecast"
"""At the node whose load is forecast; no other device there may be called so."""
FOLDER: Final = "models"
"""In the data directory: models, and what is remembered for them."""
TOLD: Final = "told.json"
"""In that folder: what was told last, for who asks while no gateway runs."""
FORECAST_FILE: Final = f"{FOLDER}/{TOLD}"


def entry(node: str, *, simulated: bool) -> DeviceEntry:
    """Return what the inventory says of the forecasts for `node`."""
    return DeviceEntry(
        node=node,
        name=NAME,
        model="forecaster",
        role=Role.SENSOR,
        simulated=simulated,
        quantities=(Quantity.FORECAST_POWER_KW,),
    )
