"""When forecasts are made, and what is kept of them."""

from datetime import timedelta

from cloud import outlooks
from cloud.domain.outlook import Horizon, Source
from cloud.outlooks import OutlookPlan
from cloud.store import forecasts
from tests.cloud.facts.forecast.conftest import NOW, PHYSICS

SOON = NOW + timedelta(minutes=3)


def kept(database, node_id, horizon=Horizon.DAY_AHEAD):
    with database.read() as connection:
        return forecasts.between(connection, node_id, horizon, (0, 2**33))


def test_every_hour_of_the_site_is_due_once(database):
    plan = OutlookPlan()
    due = []
    for minutes in range(0, 121, 5):
        now_s = int((NOW + timedelta(minutes=minutes)).timestamp())
        with database.write() as connection:
            due.append(plan.queue_due(connection, now_s))
            if due[-1]:
                job = outlooks.queue.take(connection, now_s)
                outlooks.queue.finish(connection, job, now_s, None)
    # noon, one and two in Kolkata, five minutes later as readings still come
    assert [5 * place for place, count in enumerate(due) if count] == [0, 5, 65]


def test_a_site_is_forecast_with_its_faculties_and_buildings(
    database, id_of, measured, publish
):
    measured(36)
    measured(2, path="campus/science/biology")
    publish()
    assert outlooks.forecast_at(database, "campus", SOON) == "2 of 6 nodes"
    (made,) = kept(database, id_of[PHYSICS])
    assert (made.source, made.version) == (Source.CLOUD, 1)
    assert made.origin_s == int(NOW.timestamp())
    (naive,) = kept(database, id_of["campus/science/biology"])
    assert naive.source is Source.NAIVE
    (hour,) = kept(database, id_of[PHYSICS], Horizon.NEXT_HOUR)
    assert hour.kw.shape == (1, 4)


def test_an_hour_is_forecast_once(database, id_of, measured, publish):
    measured(36)
    publish()
    outlooks.forecast_at(database, "campus", SOON)
    assert outlooks.forecast_at(database, "campus", SOON) == "0 of 6 nodes"
    assert len(kept(database, id_of[PHYSICS])) == 1


def test_what_the_gateway_sent_is_kept_beside_it(
    database, id_of, measured, publish, gateway_says
):
    measured(36)
    publish()
    gateway_says()
    outlooks.forecast_at(database, "campus", SOON)
    sources = {each.source for each in kept(database, id_of[PHYSICS])}
    assert sources == {Source.CLOUD, Source.GATEWAY}


def test_forecasts_older_than_two_months_are_forgotten(
    database, id_of, measured, publish
):
    measured(36, until=NOW + timedelta(days=61))
    publish()
    for days in (0, 61):
        outlooks.forecast_at(database, "campus", SOON + timedelta(days=days))
    (made,) = kept(database, id_of[PHYSICS])
    assert made.origin_s == int((NOW + timedelta(days=61)).timestamp())
