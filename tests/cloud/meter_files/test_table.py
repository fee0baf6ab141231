"""Files that can't be used say where and what to do; others lose only what is wrong."""

from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from cloud.meter_files import MeterFileError, read
from tests.cloud.meter_files.csv_text import hourly, stamps, table, wavy

VALUES = wavy(200)
FILE = hourly(VALUES)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "load.csv: it is empty; the first line names the columns"),
        (b"\n\n", "it is empty"),
        (b"timestamp_utc,hall\n", "there is no line after the header"),
        (b"\x7fELF\0\0", "it is not text; save it as CSV in UTF-8"),
        (FILE.encode("utf-16"), "it is UTF-16 text; save it as UTF-8"),
        ("timestamp_utc,h\u00e4ll\n".encode("latin-1"), "line 1: it is not UTF-8 text"),
        (FILE.replace(",", ";").encode(), "line 1: columns are separated by ';'"),
        (FILE.replace(",", "\t").encode(), "save the file with commas"),
        (b"timestamp_utc\n2025-03-01T00:00:00Z\n", "line 1: there is one column only"),
        (b"timestamp_utc,a,a\n", "line 1: two columns are called 'a'"),
        (b"timestamp_utc,,a\n", "line 1: column 2 has no name"),
        (
            b"t,hall\n1.3.2025 00:00,4\n",
            "line 2: '1.3.2025 00:00' is not an ISO instan",
        ),
        (b"t,hall\n2025-03-01 00:00,4\n", "line 2: '2025-03-01 00:00' says no time zo"),
        (b"t,hall\n0001-01-01T00:00Z,4\n", "the year of '0001-01-01T00:00Z' is not"),
        (b'timestamp_utc,hall\n"' + b"x" * 200_000, "line 2: field larger than"),
        (table([(at, 1) for at in stamps(1)]).encode(), "there is one instant only"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_line_and_a_remedy(
    opened, content, said
):
    with pytest.raises(MeterFileError, match=r"load\.csv: ") as raised:
        opened(content)
    assert said in str(raised.value)


def test_a_directory_is_refused_without_a_traceback(tmp_path):
    with pytest.raises(MeterFileError, match="directory"):
        read(tmp_path)


def test_byte_order_marks_line_ends_and_trailing_commas_do_not_matter(hall):
    plain = hall(FILE)
    odd = FILE.replace("\n", ",,\r\n")
    marked = hall(odd.encode("utf-8-sig"))
    assert marked.building_id == "hall"
    assert np.array_equal(marked.load_kw, plain.load_kw)


def test_cells_that_are_no_numbers_are_left_out_and_the_first_is_named(hall):
    cells = [*VALUES]
    cells[5:8] = ["off", "inf", "n/a"]
    building = hall(hourly(cells))
    assert np.flatnonzero(np.isnan(building.load_kw)).tolist() == [5, 6, 7]
    assert any(
        said.startswith("2 cells are not numbers") and "(line 7: 'off')" in said
        for said in building.complaints
    )


def test_unordered_lines_are_sorted_and_repeated_ones_count_once(opened):
    header, *lines = FILE.splitlines()
    shuffled = "\n".join([header, *reversed(lines), lines[3]])
    files = opened(shuffled)
    assert files.buildings[0].load_kw.tolist() == VALUES
    said = " ".join(files.complaints)
    assert "198 lines are out of order" in said or "199 lines are out of order" in said
    assert "1 instants stand there more than once" in said


def test_an_instant_with_two_values_is_not_known_for_that_building_only(opened):
    rows = [*zip(stamps(200), VALUES, VALUES, strict=True)]
    rows.append((stamps(200)[9], VALUES[9], VALUES[9] + 1))
    same, differs = opened(table(rows, "timestamp_utc,same,differs")).buildings
    assert same.load_kw.tolist() == VALUES
    assert np.flatnonzero(np.isnan(differs.load_kw)).tolist() == [9]
    assert any("given twice with different values" in c for c in differs.complaints)


def test_lines_of_another_length_are_left_out_and_the_first_is_named(opened):
    lines = FILE.splitlines()
    lines[4] += ",7,8"
    lines[6] = lines[6].split(",")[0]
    files = opened("\n".join(lines))
    assert np.flatnonzero(np.isnan(files.buildings[0].load_kw)).tolist() == [3, 5]
    assert files.complaints == (
        "load.csv: 2 lines do not have 2 cells and are left out (line 5 has 4)",
    )


def test_a_few_unreadable_instants_cost_their_lines_only(opened):
    text = FILE.replace(stamps(200)[50], "yesterday")
    files = opened(text)
    assert np.flatnonzero(np.isnan(files.buildings[0].load_kw)).tolist() == [50]
    assert "1 lines are left out (line 52: 'yesterday' is not" in files.complaints[0]


def test_offsets_of_summer_and_winter_are_no_fault_but_mixed_zones_are_told(opened):
    def offset(text, hours):
        zone = timezone(timedelta(hours=hours))
        return datetime.fromisoformat(text).astimezone(zone).isoformat()

    def file(second):
        first = [offset(at, 1) for at in stamps(200)[:100]]
        return table(
            zip(
                first + [offset(at, second) for at in stamps(200)[100:]],
                VALUES,
                strict=True,
            )
        )

    summer, mixed = opened(file(2)), opened(file(-8))
    assert summer.complaints == ()
    assert "time zones are mixed" in mixed.complaints[0]
    assert mixed.buildings[0].load_kw.tolist() == VALUES
