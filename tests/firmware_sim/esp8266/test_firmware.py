"""The sketch's own logic, compiled for this machine, and its twin in Python."""

import json
import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from firmware_sim.node_firmware import Act, Firmware, Sample

HERE = Path(__file__).parent
SKETCH = Path("firmware_sim/esp8266")
LOGIC = SKETCH / "voltonic_node"
NOW = 1_700_000_000
WARNINGS = ("-Wall", "-Wextra", "-Werror", "-Wno-invalid-offsetof")


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    if shutil.which("g++") is None:
        pytest.skip("no g++ here: install Debian's g++")
    program = tmp_path_factory.mktemp("firmware") / "host"
    subprocess.run(
        [
            "g++",
            "-std=c++17",
            "-O1",
            "-fsanitize=undefined",
            *WARNINGS,
            "-static-libubsan",
            f"-I{LOGIC}",
            str(HERE / "host.cpp"),
            "-o",
            program,
        ],
        check=True,
    )
    return program


def traced(host, commands, sectors=2):
    """Return each command's answer and the counts (waiting, overwritten, …) after."""
    told = "".join("{} {} {} {}\n".format(*command) for command in commands)
    ran = subprocess.run(
        [host, str(sectors)], input=told, capture_output=True, text=True, check=True
    )
    assert ran.stderr == ""
    lines = [line.partition(" | ") for line in ran.stdout.splitlines()]
    assert len(lines) == len(commands)
    return [(answer, tuple(map(int, counts.split()))) for answer, _, counts in lines]


def decoded(host, meter, answers):
    ran = subprocess.run(
        [host, meter], input=answers, capture_output=True, text=True, check=True
    )
    return ran.stdout.splitlines()


def crc(frame):
    value = 0xFFFF
    for byte in frame:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return frame + value.to_bytes(2, "little")


def test_a_pzem_is_asked_and_understood(host):
    golden = "01041408d1006c000000f400000026000001f40064000051 34".replace(" ", "")
    asked, body = decoded(host, "pzem", golden + "\n")
    assert asked == "01040000000a700d"
    assert json.loads(body) == {
        "energy_produced": 0,
        "energy_consumed": 0.038,
        "current_load": 0.24,
        "voltage": 225.7,
        "current": 0.108,
        "frequency": 50.0,
        "power_factor": 1.0,
        "timestamp": NOW,
    }


def test_an_sdm120_is_asked_twice_and_understood(host):
    values = {0x00: 230.2, 0x06: 4.5, 0x0C: 1035.9, 0x1E: 0.97}
    first = b"".join(struct.pack(">f", values.get(n, 0.0)) for n in range(0, 0x20, 2))
    second = struct.pack(">ff", 49.98, 1234.567)
    answers = [crc(bytes((1, 4, len(each))) + each) for each in (first, second)]
    *asked, body = decoded(host, "sdm120", "\n".join(a.hex() for a in answers) + "\n")
    assert asked == [
        crc(bytes.fromhex("010400000020")).hex(),
        crc(bytes.fromhex("010400460004")).hex(),
    ]
    read = json.loads(body)
    assert read["energy_consumed"] == pytest.approx(1234.567, abs=1e-3)
    assert (read["voltage"], read["current"], read["power_factor"]) == (
        230.2,
        4.5,
        0.97,
    )
    assert read["current_load"] == 10.35
    assert read["frequency"] == 49.98


@pytest.mark.parametrize("place", range(25))
def test_a_frame_with_one_wrong_byte_is_refused(host, place):
    frame = bytearray.fromhex("01041408d1006c000000f400000026000001f4006400005134")
    frame[place] ^= 0x10
    assert decoded(host, "pzem", frame.hex() + "\n")[-1] == "refused"


def test_a_frame_that_is_cut_short_is_refused(host):
    assert decoded(host, "pzem", "010414\n")[-1] == "refused"


def test_the_oldest_reading_is_posted_until_it_is_taken(host):
    trace = traced(
        host,
        [
            ("n", 0, 1, 0),
            ("c", 0, NOW, 0),
            ("m", 0, 100, 50),
            ("x", 1, 0, 0),
            ("a", 1, 503, 0),
            ("x", 1, 0, 0),
            ("x", 2, 0, 0),
            ("a", 2, 201, 0),
            ("x", 3, 0, 0),
        ],
    )
    assert trace[3][0].startswith("act 2")
    assert '"energy_consumed":0.100' in trace[3][0]
    assert trace[5][0] == "act 0"  # it waits a second after the failure
    assert trace[6][0].startswith("act 2")
    assert trace[8] == ("act 0", (0, 0, 0, 0))


def test_what_was_measured_before_the_time_was_known_is_dated_later(host):
    trace = traced(
        host,
        [
            ("m", 10, 1, 1),
            ("n", 20, 1, 0),
            ("x", 20, 0, 0),
            ("c", 30, NOW + 30, 0),
            ("x", 30, 0, 0),
        ],
    )
    assert trace[2][0] == "act 0"
    assert f'"timestamp":{NOW + 10}' in trace[4][0]


def test_what_an_earlier_start_measured_without_the_time_is_dropped_and_counted(host):
    trace = traced(
        host,
        [
            ("m", 10, 1, 1),
            ("b", 0, 0, 0),
            ("n", 0, 1, 0),
            ("c", 5, NOW, 0),
            ("m", 5, 2, 1),
            ("x", 6, 0, 0),
        ],
    )
    assert '"energy_consumed":0.002' in trace[-1][0]
    assert trace[-1][1] == (1, 0, 1, 0)


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_the_server_will_never_take_gives_way_and_is_counted(host, status):
    trace = traced(
        host,
        [("n", 0, 1, 0), ("c", 0, NOW, 0), ("m", 0, 1, 1), ("a", 1, status, 0)],
    )
    assert trace[-1][1] == (0, 0, 0, 1)


def test_a_full_ring_loses_its_oldest_sector_and_says_how_many(host):
    commands = [("c", 0, NOW, 0)] + [("m", n, n, 1) for n in range(400)]
    trace = traced(host, [*commands, ("n", 400, 1, 0), ("x", 400, 0, 0)])
    waiting, overwritten, *_ = trace[-1][1]
    assert waiting + overwritten == 400
    assert waiting >= 85
    assert f'"timestamp":{NOW + overwritten}' in trace[-1][0]


def test_an_hour_without_an_answer_ends_in_a_restart(host):
    commands = [("n", 0, 1, 0), ("c", 0, NOW, 0)]
    for at in range(0, 3_660, 30):
        commands += [("m", at, at, 1), ("x", at, 0, 0), ("a", at, 0, 0)]
    acts = [answer for answer, _ in traced(host, commands) if answer.startswith("act")]
    assert "act 3" not in [act[:5] for act in acts[:119]]
    assert acts[-1] == "act 3"


def _life(power_cut_after):
    """Some weeks in short: measuring, delivering, one power cut, then going on."""
    commands = [("n", 0, 1, 0), ("c", 0, NOW, 0), ("k", 0, 0, power_cut_after)]
    for n in range(1, 190):
        commands.append(("m", n, n, 1))
        if n % 3 == 0:
            commands.append(("a", n, 201, 0))
    return commands


def test_a_power_cut_at_any_write_loses_at_most_the_reading_being_written(host):
    whole = traced(host, _life(-1))
    for cut in range(0, 20_000, 7):
        commands = [*_life(cut), ("b", 0, 0, 0), ("n", 0, 1, 0), ("c", 0, 2 * NOW, 0)]
        lived = len(commands)
        drained = [("m", 1, 10**6, 1)]
        drained += [("x", 2, 0, 0), ("a", 2, 200, 0)] * 200
        trace = traced(host, commands + drained)
        kept = {n for n, (answer, _) in _measured(trace[:lived]) if answer == "kept 1"}
        taken = [
            round(1000 * json.loads(answer[6:])["energy_consumed"])
            for answer, _ in trace[lived:]
            if answer.startswith("act 2")
        ]
        assert taken == sorted(taken)  # in their order
        posted = {n for n in kept if n not in taken}
        assert all(n in kept or n == max(kept, default=0) + 1 for n in taken[:-1])
        # What is not taken now was taken before the cut, oldest first, or overwritten.
        assert posted == set(sorted(kept)[: len(posted)])
        assert taken[-1] == 10**6
    assert whole[-1][1][0] > 0


def _measured(trace):
    answers = [each for each in trace if each[0].startswith("kept")]
    return enumerate(answers, start=1)


def _twin(commands):
    node, trace = Firmware(), []
    for kind, a, b, c in commands:
        answer = {"b": "boot", "n": "network", "c": "clock", "a": "answered"}.get(kind)
        if kind == "b":
            node.restart()
        elif kind == "n":
            node.network(a, is_up=bool(b))
        elif kind == "c":
            node.clock(a, b)
        elif kind == "m":
            sample = None if c < 0 else Sample(wh=b, deciwatts=c)
            answer = f"kept {int(node.measured(a, sample))}"
        elif kind == "a":
            node.answered(a, b)
        else:
            act = node.next(a)
            answer = f"act {act}"
            sample = node.to_post() if act is Act.POST else None
            if sample is not None:
                answer += f" {json.dumps(sample.body(10_000))}"
        counts = len(node.ring), node.ring.overwritten, node.undated, node.refused
        trace.append((answer, counts))
    return trace


def _random_life(seed):
    draw = random.Random(seed)
    at, commands = 0, []
    for _ in range(600):
        at += draw.choice([0, 1, 1, 5, 60, 400])
        commands.append(
            draw.choice(
                [
                    ("m", at, draw.randrange(10**6), draw.choice([-1, 0, 77, 400_000])),
                    ("m", at, at, 5),
                    ("x", at, 0, 0),
                    ("x", at, 0, 0),
                    ("a", at, draw.choice([0, 200, 201, 401, 409, 422, 503]), 0),
                    ("n", at, draw.randrange(2), 0),
                    ("c", at, draw.choice([0, NOW + at, NOW + at + 3600]), 0),
                ]
            )
        )
        if draw.random() < 0.01:
            commands.append(("b", 0, 0, 0))
            at = 0
    return commands


def _same(answer):
    """Return an answer with its JSON read, so that 0.10 and 0.1 are the same."""
    head, brace, rest = answer.partition("{")
    return (head, json.loads(brace + rest)) if brace else (head, None)


@pytest.mark.parametrize("seed", range(25))
def test_the_simulated_node_decides_as_the_sketch_does(host, seed):
    commands = _random_life(seed)
    ours, theirs = _twin(commands), traced(host, commands)
    for place, (mine, yours) in enumerate(zip(ours, theirs, strict=True)):
        assert (_same(mine[0]), mine[1]) == (_same(yours[0]), yours[1]), place


@pytest.mark.parametrize("meter", ["Pzem004t", "Sdm120"])
@pytest.mark.parametrize(
    "extra", [(), ('-DMQTT_HOST="b"',), ('-DTLS_FINGERPRINT="A"',)]
)
def test_the_sketch_type_checks_with_the_compiler_of_the_board(tmp_path, meter, extra):
    compiler = shutil.which("xtensa-lx106-elf-g++")
    if compiler is None:
        pytest.skip("no compiler of the board: install Debian's gcc-xtensa-lx106")
    config = (LOGIC / "config.example.h").read_text()
    (tmp_path / "config.h").write_text(
        config.replace("METER Pzem004t", f"METER {meter}")
    )
    declared = SKETCH / "declarations"
    subprocess.run(
        [
            compiler,
            "-std=gnu++17",
            "-ffreestanding",
            "-fno-exceptions",
            "-fno-rtti",
            "-fsyntax-only",
            *WARNINGS,
            "-isystem",
            declared,
            f"-I{LOGIC}",
            f"-I{tmp_path}",
            *extra,
            "-include",
            declared / "Arduino.h",
            "-x",
            "c++",
            LOGIC / "voltonic_node.ino",
        ],
        check=True,
    )
