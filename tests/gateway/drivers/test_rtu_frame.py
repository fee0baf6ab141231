from functools import partial

from gateway.drivers.modbus import frame
from gateway.meters.loader import load_all
from tests.gateway.drivers.mangling import burst, mangled, wrong_values

PZEM = bytes.fromhex(
    "01 04 14 08 D1 00 6C 00 00 00 F4 00 00 00 26 00 00 01 F4 00 64 00 00 51 34"
)
decode = partial(frame.decode, model=load_all()["pzem_004t"])


def test_no_glitch_of_up_to_16_bits_is_believed():
    assert wrong_values(decode, PZEM, burst(PZEM, seed=12, bits=16)) == []


def test_no_mangled_frame_is_believed():
    assert wrong_values(decode, PZEM, mangled(PZEM, seed=13)) == []
