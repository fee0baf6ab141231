"""The tree of nodes: found by path, slug or id, and never out of date."""

from pathlib import Path

import pytest
from sqlalchemy import insert, update

from cloud.facts.tree import UnknownNodeError, main_site, tree
from cloud.store import campus, schema
from cloud.store.database import Database


@pytest.fixture
def database(tmp_path: Path):
    opened = Database(f"sqlite:///{tmp_path / 'cloud.db'}")
    with opened.write() as connection:
        schema.metadata.create_all(connection)
    yield opened
    opened.close()


def add(database, path, kind, parent_id=None, **values):
    slug = path.rpartition("/")[2]
    row = {"name": slug, "created_s": 0, "kind": kind, "parent_id": parent_id}
    with database.write() as connection:
        result = connection.execute(
            insert(schema.node).values(path=path, slug=slug, **row, **values)
        )
        return result.inserted_primary_key[0]


def read(database):
    with database.read() as connection:
        return tree(database, connection)


def test_a_node_is_found_by_path_slug_and_id(database):
    site = add(database, "campus", "site")
    physics = add(database, "campus/physics", "building", site)
    nodes = read(database)
    for reference in ("campus/physics", "physics", str(physics), "/campus/physics/"):
        assert nodes.find(reference).id == physics
    for reference in ("chemistry", "", "0", "٣", "9" * 40):
        with pytest.raises(UnknownNodeError):
            nodes.find(reference)


def test_a_new_node_and_a_new_name_show_at_once(database):
    site = add(database, "campus", "site")
    assert len(read(database).nodes) == 1
    add(database, "campus/physics", "building", site)
    assert len(read(database).nodes) == 2
    with database.write() as connection:
        connection.execute(update(schema.node).values(name="Renamed"))
        campus.note_change(connection)
    assert read(database).find("campus").name == "Renamed"


def test_the_main_site_is_the_one_called_campus(database):
    add(database, "annexe", "site")
    assert main_site(read(database)).slug == "annexe"
    add(database, "campus", "site")
    assert main_site(read(database)).slug == "campus"


def test_days_follow_the_zone_of_the_site(database):
    site = add(database, "campus", "site", timezone="Asia/Kolkata")
    add(database, "campus/physics", "building", site)
    nodes = read(database)
    assert nodes.zone_of(nodes.find("physics")).key == "Asia/Kolkata"
