"""Mean power over a window, from sealed batches as gateways send them."""

import zlib
from array import array

import numpy as np
import pytest

from cloud.store import schema
from contract.batch import Batch, seal

PHYSICS = "campus/science/physics"
ROOMS = [f"{PHYSICS}/floor-1/room-101", f"{PHYSICS}/floor-1/room-102"]
AT_S = 1_772_440_200
SPAN = "from=2026-03-02T14:00:00%2B05:30&to=2026-03-02T14:02:00%2B05:30"


@pytest.fixture
def gateway(campus):
    """Takes readings as (node, seconds after 14:00, kW), sealed as one batch."""
    gateway = campus.add(
        schema.gateway,
        slug="physics",
        node_id=campus.nodes[PHYSICS],
        public_key="",
        created_s=0,
    )
    points = {}
    for node in [PHYSICS, *ROOMS]:
        device = campus.device(node, "meter", gateway_id=gateway)
        points[node] = campus.add(
            schema.point,
            device_id=device,
            node_id=campus.nodes[node],
            gateway_id=gateway,
            quantity="active_power_kw",
        )

    def take(*readings):
        places = list(points)
        at_ms = [(AT_S + second) * 1000 for _, second, _ in readings]
        sealed = seal(
            Batch(
                "physics",
                "0" * 32,
                1,
                at_ms[-1],
                0,
                "0" * 32,
                "0" * 64,
                0,
                0,
                array("I", [places.index(node) for node, _, _ in readings]),
                array("q", at_ms),
                array("d", [kw for _, _, kw in readings]),
                bytes(len(readings)),
            )
        )
        epoch = campus.add(
            schema.epoch, gateway_id=gateway, epoch="0" * 32, first_seen_ms=0
        )
        inventory = campus.add(
            schema.inventory,
            gateway_id=gateway,
            hash="0" * 64,
            body=b"",
            point_ids=np.array(list(points.values()), dtype="<i4").tobytes(),
        )
        campus.add(
            schema.batch,
            gateway_id=gateway,
            epoch_id=epoch,
            seq=1,
            inventory_id=inventory,
            rows=len(readings),
            rejected=0,
            first_at_ms=min(at_ms),
            last_at_ms=max(at_ms),
            received_ms=0,
            checksum=b"",
            payload=zlib.compress(sealed),
        )

    return take


def power(viewer, node):
    return viewer.get(f"/api/v1/analytics/power?node={node}&{SPAN}").json


def test_the_main_meters_mean_is_the_buildings(viewer, gateway):
    gateway(
        (PHYSICS, 0, 8.0),
        (PHYSICS, 60, 10.0),
        (ROOMS[0], 0, 1.0),
        (PHYSICS, 120, 99.0),  # at the end of the window, so outside
    )
    assert power(viewer, PHYSICS) == {
        "node": PHYSICS,
        "mean_kw": 9.0,
        "points": 1,
        "readings": 3,
        "coverage": 1.0,
    }
    assert power(viewer, "campus")["mean_kw"] == 9.0


def test_without_the_main_meter_the_rooms_sum_and_silence_shows(viewer, gateway):
    gateway((ROOMS[0], 0, 1.0), (ROOMS[0], 60, 2.0))
    found = power(viewer, PHYSICS)
    assert (found["mean_kw"], found["points"], found["coverage"]) == (1.5, 1, 0.5)


def test_nothing_heard_is_unknown(viewer, gateway):
    gateway((ROOMS[0], 600, 1.0))
    assert power(viewer, PHYSICS)["mean_kw"] is None
    assert power(viewer, "biology")["coverage"] == 0.0
