"""A building in a real database, as its readings would have left it."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy import insert

from cloud import campus_file
from cloud.domain.weather import HOUR_S, VALUES, Weather, place
from cloud.store import assets, campus, schema, weather
from cloud.store.assets import StoredAsset

PHYSICS = "campus/physics"
FIRST = date(2025, 1, 1)
BERLIN = {"timezone": "Europe/Berlin", "latitude": 52.5, "longitude": 13.4}
CHILLER = {
    "slug": "chiller",
    "kind": "hvac",
    "name": "Chiller",
    "points": {"electricity": f"{PHYSICS}/ac_kwh"},
}


@dataclass
class House:
    """Writes what the readings of a building would have become."""

    database: object

    def stand(self, *standing, **changes) -> list[StoredAsset]:
        physics = {"path": PHYSICS, "kind": "building", "name": "Physics"}
        physics |= {"assets": list(standing), **changes}
        site = {"slug": "campus", "name": "Campus", "nodes": [physics], **BERLIN}
        text = json.dumps({"format": 1, "sites": [site]})
        campus_file.bring_in(self.database, campus_file.parse(text))
        with self.database.read() as connection:
            return assets.assets(connection)

    def hours(self, days: int) -> np.ndarray:
        begin = int(datetime(FIRST.year, 1, 1, tzinfo=UTC).timestamp()) - HOUR_S
        return begin + HOUR_S * np.arange(24 * days, dtype=np.int64)

    def temperature(self, days: int, seed: int = 0) -> np.ndarray:
        """Berlin's, roughly, in every hour; kept as the site's weather too."""
        start_s, rng = self.hours(days), np.random.default_rng(seed)
        day = np.arange(len(start_s)) / 24
        season = 10 - 11 * np.cos(2 * np.pi * day / 365)
        wander = np.repeat(rng.normal(0, 3, days), 24)
        outdoor_c = season + wander + 4 * np.sin(2 * np.pi * (day % 1 - 0.35))
        values = np.full((len(VALUES), len(start_s)), np.nan)
        values[VALUES.index("temperature_c")] = outdoor_c
        values[VALUES.index("global_w_m2")] = 250.0
        with self.database.write() as connection:
            where = place(BERLIN["latitude"], BERLIN["longitude"]).name
            place_id = weather.place_of(connection, "test", where).id
            weather.note_answer(connection, place_id, 1, 2)
            weather.keep_hours(connection, place_id, Weather(start_s, values))
        return outdoor_c

    def rolled_up(self, days: int, **columns: np.ndarray) -> None:
        with self.database.write() as connection:
            node_id = campus.node_ids(connection)[PHYSICS]
            rows = [
                {
                    "node_id": node_id,
                    "resolution_min": 60,
                    "simulated": False,
                    "start_s": int(start),
                    "coverage": 1.0,
                    **{name: float(values[at]) for name, values in columns.items()},
                }
                for at, start in enumerate(self.hours(days))
            ]
            connection.execute(insert(schema.rollup), rows)
            first = {**rows[0], "resolution_min": 1440}
            connection.execute(insert(schema.rollup), [first])


def night(days: int) -> datetime:
    """Return an instant in the night after so many days."""
    return datetime(FIRST.year, 1, 1, 4, tzinfo=UTC) + timedelta(days=days)
