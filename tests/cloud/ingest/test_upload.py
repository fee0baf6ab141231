from math import inf, nan

import pytest

from cloud import enrolment
from cloud.ingest.upload import SupersededError, UnknownSenderError
from cloud.store import gateways, readings
from cloud.store.bulk import fetch
from cloud.store.devices import DeviceValues
from contract.envelope import EnvelopeError, Newest
from contract.inventory import Inventory, Role
from contract.receipt import Outcome

HOUR = 3_600_000
NOON = 1_789_992_000_000
ROOM = "campus/science/physics/floor-1/room-101"
POWER = f"{ROOM}/meter/active_power_kw"
ENERGY = f"{ROOM}/meter/energy_import_kwh"


@pytest.fixture
def physics(gateway, meter):
    return gateway("campus/science/physics", meter(ROOM))


def outcomes(receipt):
    return [batch.outcome for batch in receipt.batches]


def stored(database, gateway_id=1):
    with database.read() as connection:
        found = readings.read(connection, gateway_id, 0, 2**62)
    return sorted(zip(found.at_ms.tolist(), found.values.tolist(), strict=True))


def rows(database, statement):
    with database.read() as connection:
        return fetch(connection, statement)


def notice(database):
    with database.read() as connection:
        return gateways.find(connection, "physics").clone_notice


def test_what_is_sent_is_stored_and_acknowledged(physics, database):
    receipt = physics.send(physics.batch((POWER, NOON, 1.5), (ENERGY, NOON, 10.0)))
    assert outcomes(receipt) == [Outcome.ACCEPTED]
    assert stored(database) == [(NOON, 1.5), (NOON, 10.0)]


def test_a_known_batch_is_acknowledged_again_and_counts_once(physics, database):
    """As when the cloud dies between its commit and the receipt."""
    batch = physics.batch((POWER, NOON, 1.5))
    physics.send(batch)
    assert outcomes(physics.send(batch, batch)) == [Outcome.KNOWN] * 2
    assert stored(database) == [(NOON, 1.5)]


def test_a_known_batch_names_the_rows_it_was_refused_again(physics):
    batch = physics.batch((99, NOON, 1.0), (POWER, NOON, 1.5))
    [first] = physics.send(batch).batches
    [again] = physics.send(batch).batches
    assert again.outcome is Outcome.KNOWN
    assert again.rejected == first.rejected != ()


def test_a_batch_twice_in_one_upload_counts_once(physics, database):
    batch = physics.batch((POWER, NOON, 1.5))
    assert outcomes(physics.send(batch, batch)) == [Outcome.ACCEPTED, Outcome.KNOWN]
    assert stored(database) == [(NOON, 1.5)]


def test_the_same_key_with_other_content_is_put_aside_and_named(physics, database):
    first = physics.batch((POWER, NOON, 1.5))
    other = physics.batch((POWER, NOON, 2.5), seq=1)
    [_, second] = physics.send(first, other).batches
    assert second.outcome is Outcome.QUARANTINED
    assert "other content" in second.reason
    assert "two machines" in notice(database)
    assert stored(database) == [(NOON, 1.5)]
    assert len(rows(database, "SELECT payload FROM quarantine")) == 1


def test_a_damaged_batch_is_put_aside_and_the_rest_goes_on(physics, database):
    damaged = bytearray(physics.batch((POWER, NOON, 1.5)))
    damaged[-40] ^= 1
    good = physics.batch((POWER, NOON + 1, 2.5))
    receipt = physics.send(bytes(damaged), good)
    assert outcomes(receipt) == [Outcome.QUARANTINED, Outcome.ACCEPTED]
    assert receipt.batches[0].seq == 1
    assert "checksum" in receipt.batches[0].reason
    assert stored(database) == [(NOON + 1, 2.5)]


def test_a_batch_of_a_future_format_is_put_aside_with_its_number(physics):
    future = bytearray(physics.batch((POWER, NOON, 1.5)))
    future[4] = 9
    [outcome] = physics.send(bytes(future)).batches
    assert (outcome.outcome, outcome.seq) == (Outcome.QUARANTINED, 1)
    assert "format 9" in outcome.reason


def test_ten_megabytes_of_zeros_are_put_aside_in_little_space(physics, database):
    good = physics.batch((POWER, NOON, 1.5))
    receipt = physics.send(bytes(10_000_000), good)
    assert outcomes(receipt) == [Outcome.QUARANTINED, Outcome.ACCEPTED]
    [(payload,)] = rows(database, "SELECT payload FROM quarantine")
    assert len(payload) < 100_000


def test_a_batch_of_another_gateway_is_put_aside(physics):
    [outcome] = physics.send(physics.batch((POWER, NOON, 1), gateway="chem")).batches
    assert outcome.outcome is Outcome.QUARANTINED
    assert "chem" in outcome.reason


@pytest.mark.parametrize(
    ("point", "at_ms", "value", "reason"),
    [
        (99, NOON, 1.0, "unknown point 99"),
        (POWER, NOON, nan, "not a number"),
        (POWER, NOON, inf, "not a number"),
        (POWER, NOON, 1e9, "outside"),
        (POWER, 1_790_000_000_000 + 25 * HOUR, 1.0, "ahead"),
        (POWER, 5_000, 1.0, "before 2000"),
        (POWER, -(2**62), 1.0, "before 2000"),
    ],
)
def test_a_row_beyond_belief_is_refused_and_the_others_stay(
    physics, database, point, at_ms, value, reason
):
    receipt = physics.send(physics.batch((point, at_ms, value), (POWER, NOON, 1.5)))
    [outcome] = receipt.batches
    assert outcome.outcome is Outcome.ACCEPTED
    [(row, why)] = outcome.rejected
    assert row == 0
    assert reason in why
    assert stored(database) == [(NOON, 1.5)]
    [(kept,)] = rows(database, "SELECT reason FROM rejected_row")
    assert kept == why


def test_a_simulated_reading_of_a_real_device_is_refused(physics):
    batch = physics.batch((POWER, NOON, 1.5), quality=b"\x01")
    [outcome] = physics.send(batch).batches
    assert "simulated" in outcome.rejected[0][1]


def test_a_batch_of_nothing_but_bad_rows_is_still_acknowledged(physics, database):
    [outcome] = physics.send(physics.batch((POWER, NOON, nan))).batches
    assert outcome.outcome is Outcome.ACCEPTED
    assert stored(database) == []


def test_points_of_nodes_elsewhere_are_refused(gateway, meter, database):
    elsewhere = "campus/science/chemistry/floor-1/room-101"
    sender = gateway("campus/science/physics", meter(ROOM), meter(elsewhere))
    batch = sender.batch((POWER, NOON, 1), (f"{elsewhere}/meter/occupancy", NOON, 1))
    [outcome] = sender.send(batch).batches
    assert [row for row, _ in outcome.rejected] == [1]
    paths = rows(database, "SELECT path FROM node WHERE slug = 'chemistry'")
    assert paths == []


def test_an_unknown_inventory_is_asked_for_and_the_batch_comes_again(physics):
    batch = physics.batch((POWER, NOON, 1.5))
    receipt = physics.send(batch, inventories=())
    assert receipt.inventory_wanted
    assert outcomes(receipt) == [Outcome.INVENTORY_WANTED]
    assert outcomes(physics.send(batch)) == [Outcome.ACCEPTED]


def test_the_inventory_makes_nodes_and_devices_under_the_gateways_own(
    physics, database
):
    physics.send()
    kinds = rows(database, "SELECT path, kind FROM node ORDER BY path")
    assert dict(map(tuple, kinds))["campus/science/physics"] == "facility"
    assert ROOM in dict(map(tuple, kinds))
    [(count,)] = rows(database, "SELECT count(*) FROM point")
    assert count == 4


def test_an_earlier_epochs_unsent_batches_are_taken_after_a_restart(physics, database):
    left = physics.batch((POWER, NOON, 1.5))
    physics.restart("e2" * 16)
    new = physics.batch((POWER, NOON + 1, 2.5))
    assert outcomes(physics.send(left, new)) == [Outcome.ACCEPTED] * 2
    assert len(stored(database)) == 2


def test_a_superseded_epoch_is_turned_away_and_the_clone_named(physics, database):
    physics.send(physics.batch((POWER, NOON, 1.5)))
    physics.restart("e2" * 16)
    physics.send(physics.batch((POWER, NOON + 1, 2.5)))
    physics.restart("e1" * 16)
    late = physics.batch((POWER, NOON + 2, 3.5), seq=2)
    with pytest.raises(SupersededError):
        physics.send(late)
    assert notice(database) is None
    with pytest.raises(SupersededError):
        physics.send(late)
    assert "two machines" in notice(database)
    assert len(stored(database)) == 2


def test_a_restored_old_copy_brings_nothing_twice_and_loses_nothing(physics, database):
    old = [physics.batch((POWER, NOON + i, float(i))) for i in range(3)]
    physics.send(*old)
    physics.restart("e2" * 16)  # the copy still holds what was sent since
    new = physics.batch((POWER, NOON + 9, 9.0))
    receipt = physics.send(*old, new)
    assert outcomes(receipt) == [Outcome.KNOWN] * 3 + [Outcome.ACCEPTED]
    assert [value for _, value in stored(database)] == [0, 1, 2, 9]


def test_a_clock_stepped_back_a_year_hides_and_doubles_nothing(physics, database):
    year = 365 * 24 * HOUR
    physics.send(physics.batch((POWER, NOON, 1.5)))
    physics.send(physics.batch((POWER, NOON - year, 2.5)))
    physics.send(physics.batch((POWER, NOON, 3.5)))
    assert stored(database) == [(NOON - year, 2.5), (NOON, 1.5), (NOON, 3.5)]


def test_the_newest_value_is_from_the_newest_instant(physics, database):
    batch = physics.batch((POWER, NOON + 5, 2.5), (POWER, NOON, 1.5))
    physics.send(batch, newest=(Newest(0, NOON + 3, 9.0, 0),))
    [(at_ms, value)] = rows(database, "SELECT at_ms, value FROM newest")
    assert (at_ms, value) == (NOON + 5, 2.5)
    physics.send(newest=(Newest(0, NOON + 7, 3.0, 0), Newest(1, NOON, nan, 0)))
    [(at_ms, value)] = rows(database, "SELECT at_ms, value FROM newest")
    assert (at_ms, value) == (NOON + 7, 3.0)


def test_the_epoch_knows_what_was_produced_and_declared_lost(physics, database):
    first = physics.batch((POWER, NOON, 1.5), (POWER, NOON + 1, 1.5))
    physics.batch((POWER, NOON + 2, 1.5))  # never arrives
    physics.declared = 7
    third = physics.batch((POWER, NOON + 3, 1.5))
    physics.send(third, first)
    totals = rows(database, "SELECT produced, declared_lost FROM epoch")
    assert [tuple(row) for row in totals] == [(4, 7)]


def test_touched_intervals_are_marked(physics, database):
    physics.send(physics.batch((POWER, NOON, 1), (POWER, NOON + HOUR, 1)))
    marks = rows(database, "SELECT start_s FROM dirty ORDER BY start_s")
    assert [start for (start,) in marks] == [NOON // 1000, (NOON + HOUR) // 1000]


def test_strangers_and_wrong_keys_are_refused(physics, ingest):
    with pytest.raises(UnknownSenderError):
        ingest.sender("physics", "00" * 64, b"hello")
    with pytest.raises(UnknownSenderError):
        ingest.sender("nobody", "", b"hello")


def test_an_upload_that_is_none_is_refused(physics, ingest, database):
    with database.read() as connection:
        sender = gateways.find(connection, "physics")
    for body in (b"", bytes(1000), b"x" * 1000):
        with pytest.raises(EnvelopeError):
            ingest.receive(sender, body, NOON)


def test_a_failing_write_changes_nothing_and_the_batch_can_come_again(
    physics, database
):
    batch = physics.batch((POWER, NOON, 1.5))
    physics.send()
    with database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE dirty RENAME TO gone")
    with pytest.raises(Exception, match="dirty"):
        physics.send(batch)
    assert stored(database) == []
    with database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO dirty")
    assert outcomes(physics.send(batch)) == [Outcome.ACCEPTED]
    assert stored(database) == [(NOON, 1.5)]


def described(database, name="meter"):
    return rows(
        database,
        "SELECT d.role, p.modulus_kwh FROM device d JOIN point p ON p.device_id = d.id"
        f" WHERE d.slug = '{name}' AND p.quantity = 'energy_import_kwh'",
    )


def test_an_inventory_that_describes_a_device_anew_holds_and_so_does_the_way_back(
    physics, meter, database
):
    first = physics.inventory
    physics.send()
    assert described(database) == [("main", None)]
    physics.inventory = Inventory((meter(ROOM, role=Role.SUB, modulus_kwh=1e4),))
    physics.send()
    assert described(database) == [("sub", 1e4)]
    physics.inventory = first
    physics.send()
    assert described(database) == [("main", None)]


def test_the_inventory_of_an_old_batch_does_not_describe_devices(
    physics, meter, database
):
    now, old = physics.inventory, Inventory((meter(ROOM, role=Role.SUB),))
    physics.send(inventories=(now, old))
    assert described(database) == [("main", None)]


def test_a_device_that_posts_by_itself_is_not_taken_over(gateway, meter, database):
    enrolment.add_device(database, "campus/hall", DeviceValues("meter", "main"))
    hall = gateway("campus/hall", meter("campus/hall"))
    batch = hall.batch(("campus/hall/meter/active_power_kw", NOON, 1.5))
    [outcome] = hall.send(batch).batches
    assert "posting by itself" in outcome.rejected[0][1]
    assert rows(database, "SELECT gateway_id FROM device") == [(None,)]


def test_what_a_fast_clock_dated_ahead_gives_way_in_the_live_view(physics, database):
    physics.now_ms = NOON
    physics.send(newest=(Newest(0, NOON + 12 * HOUR, 9.0, 0),))
    physics.send(newest=(Newest(0, NOON, 1.5, 0),))
    assert rows(database, "SELECT at_ms, value FROM newest") == [(NOON, 1.5)]
    physics.send(newest=(Newest(0, NOON - 1, 2.5, 0),))
    assert rows(database, "SELECT value FROM newest") == [(1.5,)]
