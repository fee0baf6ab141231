"""Forecasts are kept until they have been compared with what came."""

import numpy as np
import pytest
from sqlalchemy import insert

from cloud.domain.outlook import Horizon, Outlook, Source
from cloud.store import forecasts, schema
from cloud.store.forecasts import StoredTrack

HOUR_S = 3_600
ORIGIN_S = 1_790_002_800


@pytest.fixture
def node_id(database):
    values = {"kind": "site", "slug": "campus", "path": "campus", "name": "Campus"}
    with database.write() as connection:
        made = connection.execute(insert(schema.node).values(**values, created_s=0))
        return made.inserted_primary_key[0]


def outlook(origin_s=ORIGIN_S, source=Source.CLOUD, kw=10.0):
    figures = np.tile([kw, kw - 1, kw, kw + 1.5], (24, 1))
    return Outlook(Horizon.DAY_AHEAD, source, origin_s, 3, figures)


def kept(database, node_id, span_s=(0, 2**33)):
    with database.read() as connection:
        return forecasts.between(connection, node_id, Horizon.DAY_AHEAD, span_s)


def test_a_forecast_comes_back_as_it_was_kept(database, node_id):
    with database.write() as connection:
        forecasts.put(connection, node_id, [outlook()])
    (found,) = kept(database, node_id)
    assert (found.source, found.origin_s, found.version) == ("cloud", ORIGIN_S, 3)
    np.testing.assert_array_equal(found.kw, outlook().kw)


def test_a_forecast_made_again_replaces_the_earlier_of_the_same_source(
    database, node_id
):
    with database.write() as connection:
        forecasts.put(connection, node_id, [outlook(), outlook(source=Source.GATEWAY)])
        forecasts.put(connection, node_id, [outlook(kw=12.0)])
    by_source = {each.source: each.kw[0, 0] for each in kept(database, node_id)}
    assert by_source == {Source.CLOUD: 12.0, Source.GATEWAY: 10.0}


def test_only_origins_of_the_span_are_told_in_order(database, node_id):
    made = [outlook(ORIGIN_S + n * HOUR_S) for n in (3, 0, 2, 1)]
    with database.write() as connection:
        forecasts.put(connection, node_id, made)
    span_s = ORIGIN_S + HOUR_S, ORIGIN_S + 3 * HOUR_S
    found = [each.origin_s for each in kept(database, node_id, span_s)]
    assert found == [ORIGIN_S + HOUR_S, ORIGIN_S + 2 * HOUR_S]
    with database.read() as connection:
        newest_s = forecasts.newest_s(connection, Horizon.DAY_AHEAD)
    assert newest_s == {node_id: ORIGIN_S + 3 * HOUR_S}


def test_old_forecasts_are_forgotten(database, node_id):
    with database.write() as connection:
        forecasts.put(
            connection, node_id, [outlook(ORIGIN_S + n * HOUR_S) for n in range(4)]
        )
        gone = forecasts.forget(
            connection, node_id, Horizon.DAY_AHEAD, ORIGIN_S + 3 * HOUR_S
        )
    assert gone == 3
    assert [each.origin_s for each in kept(database, node_id)] == [
        ORIGIN_S + 3 * HOUR_S
    ]


def test_a_node_has_one_record_for_each_horizon(database, node_id):
    with database.write() as connection:
        for version in (1, 2):
            track = StoredTrack(version, b"record")
            forecasts.keep_track(connection, node_id, Horizon.DAY_AHEAD, track)
        found = forecasts.stored_track(connection, node_id, Horizon.DAY_AHEAD)
        other = forecasts.stored_track(connection, node_id, Horizon.NEXT_HOUR)
    assert found == StoredTrack(2, b"record")
    assert other is None
