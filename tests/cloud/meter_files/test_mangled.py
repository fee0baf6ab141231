"""Whatever a file holds, it is read or refused in words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloud.meter_files import MeterFileError, read
from tests.cloud.meter_files.csv_text import hourly, wavy

GOOD = hourly(wavy(60), lab=wavy(60)).encode()
META = b"building_id,timezone,latitude\nhall,Europe/Berlin,52.5\n"
MARKS = st.sampled_from(
    [
        b",",
        b"\n",
        b'"',
        b"\r",
        b";",
        b"-",
        b"e9",
        b"nan",
        b"inf",
        b"\xff",
        b"+05:45",
        b"",
    ]
)
CHANGES = st.lists(
    st.tuples(st.integers(0, 3_000), st.integers(0, 60), MARKS), min_size=1, max_size=6
)


def mangled(content, changes):
    for place, length, mark in changes:
        at = place % (len(content) + 1)
        content = content[:at] + mark + content[at + length :]
    return content


@pytest.mark.parametrize("which", ["meters", "weather", "metadata"])
@settings(max_examples=120, deadline=None)
@given(changes=CHANGES)
def test_a_mangled_file_is_read_or_refused_in_words(which, changes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mangled")
    contents = {
        "meters": GOOD,
        "weather": GOOD.replace(b"hall", b"temp_c"),
        "metadata": META,
    }
    contents[which] = mangled(contents[which], changes)
    paths = {name: folder / f"{name}.csv" for name in contents}
    for name, content in contents.items():
        paths[name].write_bytes(content)
    files, refused = None, ""
    try:
        files = read(*paths.values())
    except MeterFileError as error:
        refused = str(error)
    assert files is not None or f"{which}.csv" in refused
    for building in files.buildings if files else ():
        assert (np.diff(building.start_s) == 3_600).all()
        assert len(building.load_kw) == len(building.temperature_c)
        assert not (building.load_kw < 0).any()
