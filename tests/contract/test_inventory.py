import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.inventory import PATH, SLUG, DeviceEntry, Inventory, Role
from contract.quantity import Quantity
from contract.reading import MAX_POINT_NAME

SLUGS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,9}", fullmatch=True)
ENTRIES = st.builds(
    DeviceEntry,
    node=st.lists(SLUGS, min_size=1, max_size=5).map("/".join),
    name=SLUGS,
    model=st.text(max_size=20),
    role=st.sampled_from(Role),
    simulated=st.booleans(),
    quantities=st.lists(st.sampled_from(Quantity), unique=True, max_size=6).map(tuple),
    modulus_kwh=st.none() | st.floats(1, 1e9),
)
INVENTORIES = st.lists(
    ENTRIES, unique_by=lambda entry: (entry.node, entry.name), max_size=6
).map(lambda entries: Inventory(tuple(entries)))
ENTRY = DeviceEntry(
    "campus/physics",
    "main",
    "sdm630",
    Role.MAIN,
    simulated=False,
    quantities=(Quantity.ACTIVE_POWER_KW, Quantity.ENERGY_IMPORT_KWH),
)


@given(INVENTORIES)
def test_an_inventory_arrives_as_it_was_sent_under_the_same_hash(inventory):
    again = Inventory.from_bytes(inventory.to_bytes())
    assert again == inventory
    assert again.hash == inventory.hash


@given(INVENTORIES)
def test_each_point_has_the_integer_of_its_place(inventory):
    for place, name in enumerate(inventory.points):
        assert inventory.index[name] == place


@given(INVENTORIES, INVENTORIES)
def test_other_points_have_another_hash(one, other):
    assert (one.hash == other.hash) == (one == other)


def test_a_point_is_called_node_device_quantity():
    assert Inventory((ENTRY,)).points == (
        "campus/physics/main/active_power_kw",
        "campus/physics/main/energy_import_kwh",
    )


def test_the_same_point_twice_is_refused():
    raw = Inventory((ENTRY, replace(ENTRY, role=Role.SUB))).to_bytes()
    with pytest.raises(ValueError, match="each point once"):
        Inventory.from_bytes(raw)


@pytest.mark.parametrize(
    "change",
    [
        {"node": ""},
        {"node": "Campus"},
        {"node": "campus//physics"},
        {"node": "/campus"},
        {"node": "campus/../etc"},
        {"node": "/".join("a" * 11)},
        {"name": "a/b"},
        {"name": ""},
        {"role": "owner"},
        {"quantities": ["moon_phase"]},
        {"quantities": "active_power_kw"},
        {"simulated": 1},
        {"modulus_kwh": "1"},
        {"node": "/".join(["a" * 60] * 4)},
    ],
    ids=str,
)
def test_a_malformed_entry_is_refused(change):
    raw = json.dumps([ENTRY.to_json() | change]).encode()
    with pytest.raises(ValueError, match=r"."):
        Inventory.from_bytes(raw)


@pytest.mark.parametrize("field", ENTRY.to_json())
def test_an_entry_without_one_of_its_fields_is_refused(field):
    left = {name: value for name, value in ENTRY.to_json().items() if name != field}
    with pytest.raises(ValueError, match="not an inventory entry"):
        DeviceEntry.from_json(left)


@pytest.mark.parametrize("raw", [b"{}", b"null", b"", b"[1]", b"\xff\xfe"])
def test_what_is_no_list_of_devices_is_refused(raw):
    with pytest.raises(ValueError, match=r"."):
        Inventory.from_bytes(raw)


def test_names_are_short_enough_to_keep():
    with pytest.raises(ValueError, match="point name too long"):
        replace(ENTRY, node="/".join(["a" * 63] * 4))
    assert len(ENTRY.point(Quantity.ACTIVE_POWER_KW)) <= MAX_POINT_NAME


@given(SLUGS)
def test_a_slug_is_a_path_of_one(slug):
    assert SLUG.fullmatch(slug)
    assert PATH.fullmatch(slug)
