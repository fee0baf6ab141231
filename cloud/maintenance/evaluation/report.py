"""What the trial found, as JSON and as a table."""

from collections.abc import Sequence
from typing import Final

from rich import box
from rich.table import Table

from cloud.analytics.maintenance.trial import DRIFT, RAMPS_DAYS, Score

Json = dict[str, object]

_COMES: Final = {1: "at once", 30: "within 30 days", 90: "within 90 days"}
_NAMES: Final = {
    "hvac": "HVAC, heat metered",
    "hvac_unmetered": "HVAC, heat not metered",
    "pv": "PV, sunlight measured",
    "pv_modelled": "PV, sunlight from weather",
    "battery": "battery capacity",
}


def as_json(scores: Sequence[Score]) -> Json:
    """Return the figures by kind of asset."""
    return {
        "drift_percent": 100 * DRIFT,
        "kinds": {score.kind: _figures(score) for score in scores},
    }


def table(scores: Sequence[Score]) -> Table:
    """Return the figures as a table to read."""
    made = Table(
        "asset",
        "drift comes",
        title=f"{100 * DRIFT:.0f} % worse, {scores[0].draws} drawn assets a kind",
        box=box.SIMPLE,
    )
    heads = ("found in 30 days %", "30 days after whole %", "median days")
    for head in (*heads, "false a year"):
        made.add_column(head, justify="right")
    for score in scores:
        for ramp in RAMPS_DAYS:
            middle = score.median_days[ramp]
            first = ramp == RAMPS_DAYS[0]
            made.add_row(
                _NAMES[score.kind] if first else "",
                _COMES[ramp],
                f"{100 * score.soon[ramp]:.0f}",
                f"{100 * score.soon_full[ramp]:.0f}",
                "–" if middle is None else f"{middle:.0f}",
                f"{score.false_per_year:.2f}" if first else "",
            )
    return made


def _figures(score: Score) -> Json:
    return {
        "assets": score.draws,
        "false_findings_per_asset_year": score.false_per_year,
        "share_with_more_than_one_false_a_year": score.most_false,
        "drifts": [
            {
                "comes_within_days": ramp,
                "found_within_30_days": score.soon[ramp],
                "found_within_30_days_of_being_whole": score.soon_full[ramp],
                "median_delay_days": score.median_days[ramp],
            }
            for ramp in RAMPS_DAYS
        ],
    }
