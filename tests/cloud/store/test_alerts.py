from dataclasses import replace

import pytest

from cloud.store import alerts, campus
from cloud.store.alerts import Raised, Severity
from cloud.store.campus import NodeValues


@pytest.fixture
def nodes(database):
    with database.write() as connection:
        site = campus.add_node(connection, "campus", None, NodeValues("site", "Campus"))
        hall = NodeValues("building", "Hall")
        other = NodeValues("building", "Hall 2")
        return [
            site,
            campus.add_node(connection, "campus/hall", site, hall),
            campus.add_node(connection, "campus/hall-2", site, other),
        ]


@pytest.fixture
def hot(nodes):
    return Raised("too_hot", nodes[1], "it is too hot", detail={"celsius": 60})


def raised(database, what, now_s=100):
    with database.write() as connection:
        return alerts.raise_once(connection, what, now_s)


def ended(database, what, now_s, kinds=("too_hot",)):
    with database.write() as connection:
        return alerts.end(connection, kinds, what.node_id, now_s, what.gateway_id)


def found(database, path=None, **options):
    with database.read() as connection:
        return alerts.found(connection, path, **options)


def test_an_alert_begins_once_and_says_the_newest(database, hot):
    assert raised(database, hot)
    worse = replace(hot, message="it burns", severity=Severity.CRITICAL)
    assert not raised(database, worse, 200)
    [row] = found(database)
    assert (row.message, row.severity, row.began_s) == ("it burns", "critical", 100)
    assert (row.node_path, row.gateway, row.ended_s) == ("campus/hall", None, None)


def test_an_alert_that_ended_begins_anew(database, hot):
    raised(database, hot)
    assert ended(database, hot, 150) == 1
    assert ended(database, hot, 160) == 0
    assert raised(database, hot, 200)
    assert [(row.began_s, row.ended_s) for row in found(database)] == [
        (200, None),
        (100, 150),
    ]
    assert [row.began_s for row in found(database, only_open=True)] == [200]


def test_alerts_of_other_kinds_and_nodes_go_on(database, hot, nodes):
    others = replace(hot, kind="too_cold"), replace(hot, node_id=nodes[2])
    for each in (hot, *others):
        assert raised(database, each)
    ended(database, hot, 150)
    assert len(found(database, only_open=True)) == 2


def test_a_node_has_the_alerts_below_it_and_not_its_neighbours(database, hot, nodes):
    raised(database, hot)
    raised(database, replace(hot, node_id=nodes[2]))
    assert len(found(database, "campus")) == 2
    assert [row.node_path for row in found(database, "campus/hall")] == ["campus/hall"]
