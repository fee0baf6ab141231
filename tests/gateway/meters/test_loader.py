"""Model files that cannot be meant are refused in words that name the place."""

import pytest

from gateway.meters.fault import FileError
from gateway.meters.loader import load, load_all

OWN = """
title = "Own meter"
source = "its manual, page 3"
verified = true
checked = "read on site"
role = "main"
max_registers = 40
registers = [
    { quantity = "active_power_kw", address = 16, encoding = "int16", plus = [18, 20] },
]
"""


@pytest.fixture
def loaded(tmp_path):
    def load_text(text):
        path = tmp_path / "own.toml"
        path.write_text(text)
        return load(path)

    return load_text


def test_a_sum_is_read_from_all_of_its_places(loaded):
    [register] = loaded(OWN).registers
    assert register.addresses == (16, 18, 20)
    assert register.span == (16, 21)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("20]", "120]"), "takes 105 registers, more than max_registers"),
        (("20]", "65536]"), "plus"),
        (("verified = true", 'verified = "yes, on site"'), "verified"),
        (('checked = "read on site"\n', ""), "checked: is missing"),
        (("plus", "plsu"), 'unknown key (did you mean "plus"?)'),
    ],
)
def test_what_cannot_be_meant_is_refused(loaded, change, told):
    with pytest.raises(FileError) as caught:
        loaded(OWN.replace(*change))
    assert told in str(caught.value)


def test_a_value_absent_everywhere_may_still_be_wanted_in_one_place(loaded):
    whole = OWN.replace("max_registers", "absent = [0]\nmax_registers")
    assert loaded(whole).registers[0].absent == (0,)
    assert loaded(whole.replace("plus", "absent = [], plus")).registers[0].absent == ()


def test_thirty_real_models_are_shipped_and_twenty_of_them_verified():
    real = [each for name, each in load_all().items() if name != "voltonic_room"]
    assert len(real) >= 30
    assert sum(each.verified for each in real) >= 20


FOUND = """
title = "Own SunSpec meter"
source = "its manual, page 3"
verified = true
checked = "read on site"
role = "main"
discovery = "sunspec"
finds = [203, 213]
quantities = ["active_power_kw", "energy_import_kwh"]
reversed = ["active_power_kw"]
"""


def test_a_model_may_leave_its_registers_to_be_found(loaded):
    model = loaded(FOUND)
    assert model.discovery.finds == (203, 213)
    assert model.quantities == ("active_power_kw", "energy_import_kwh")
    assert model.registers == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("finds = [203, 213]\n", ""), "discovery wants finds and quantities"),
        (('discovery = "sunspec"\n', ""), "registers are missing, or else discovery"),
        (('"sunspec"', '"sunspot"'), "discovery"),
        (
            ('reversed = ["active', 'reversed = ["generated'),
            "generated_power_kw is not",
        ),
    ],
)
def test_what_cannot_be_found_is_refused(loaded, change, told):
    with pytest.raises(FileError) as caught:
        loaded(FOUND.replace(*change))
    assert told in str(caught.value)
