"""What gateways say of their forecasts, as alerts that begin and end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cloud.store import alerts
from cloud.store.alerts import Raised, Severity
from cloud.store.database import Connection
from cloud.store.gateways import GatewayRow
from contract.forecast_status import ForecastStatus, State

FALLBACK: Final = "forecast_fallback"
"""A model did worse than the naive forecasts, and is not used."""
REFUSED: Final = "model_refused"
"""A model is not what it should be."""
NAIVE: Final = "forecast_naive"
"""A gateway that had a model has none that it may use."""

KINDS: Final = frozenset({FALLBACK, REFUSED, NAIVE})

Alerts = tuple[Raised, ...]


def alerts_of(gateway: GatewayRow, status: Mapping[str, object]) -> Alerts:
    """Return what a person should know of the gateway's forecasts."""
    try:
        said = ForecastStatus.from_json(status.get("forecast"))
    except ValueError:
        return ()
    found: list[tuple[str, str, Severity]] = []
    if said.state is State.FALLBACK:
        found.append((FALLBACK, _fallen(said), Severity.WARNING))
    if said.refused is not None and not said.refused.does_worse:
        found.append((REFUSED, _refused(said), Severity.CRITICAL))
    if said.state is State.NAIVE and said.ran is not None:
        words = f"{gateway.slug} runs no model: {said.why}"
        found.append((NAIVE, words, Severity.WARNING))
    detail = {
        "runs": None if said.model is None else said.model.version,
        "refused": None if said.refused is None else said.refused.version,
    }
    return tuple(
        Raised(kind, gateway.node_id, words, severity, gateway.id, detail)
        for kind, words, severity in found
    )


def _fallen(said: ForecastStatus) -> str:
    model = said.model
    to = "the naive forecasts" if model is None else f"version {model.version}"
    why = said.why or ("" if said.refused is None else said.refused.why)
    return f"forecasts fell back to {to}: {why}"


def _refused(said: ForecastStatus) -> str:
    if said.refused is None:
        return ""
    version = said.refused.version
    which = "a model" if version is None else f"version {version}"
    return f"{which} was refused: {said.refused.why}"


@dataclass(slots=True)
class ForecastAlerts:
    """Enters the alerts of each gateway where they have changed since the last upload.

    What was entered is remembered, so that an upload that says the same asks nothing.
    """

    _entered: dict[int, Alerts] = field(default_factory=dict)

    def are_new(self, gateway: GatewayRow, said: Alerts) -> bool:
        """Return whether these are others than were entered last."""
        return self._entered.get(gateway.id) != said

    def enter(
        self, connection: Connection, gateway: GatewayRow, said: Alerts, now_ms: int
    ) -> None:
        """Begin the gateway's alerts that are new, and end those that are over."""
        now_s = now_ms // 1000
        for each in said:
            alerts.raise_once(connection, each, now_s)
        over = KINDS - {each.kind for each in said}
        alerts.end(connection, over, gateway.node_id, now_s, gateway.id)

    def committed(self, gateway: GatewayRow, said: Alerts) -> None:
        """Remember what was entered."""
        self._entered[gateway.id] = said
