import json

from cloud import campus_file
from cloud.domain.weather import place
from cloud.store import assets, generators, site_facts
from firmware_sim.campus import buildings
from firmware_sim.campus_file import campus_file as simulated
from firmware_sim.solar import CAPACITY_KW


def test_the_simulated_campus_says_where_it_is_and_what_stands_on_its_roof(database):
    text = json.dumps(simulated(7, buildings(1)))
    campus_file.bring_in(database, campus_file.parse(text))
    with database.read() as connection:
        sites = site_facts.sites(connection)
        (roof,) = generators.generators(connection)
        followed = [each.subject for each in assets.assets(connection)]
    names = {place(site.latitude, site.longitude).name for site in sites}
    assert names == {"18.50,73.90"}
    assert {(site.country, site.subdivision) for site in sites} == {("IN", "MH")}
    assert roof.path == "engineering-complex"
    assert roof.generator.capacity_kw == CAPACITY_KW
    assert "engineering-complex/roof" in followed
    assert sum(subject.endswith("/cooling") for subject in followed) == 1
