import pytest
from click.testing import CliRunner

from gateway.commands.write import write
from tests.gateway.commands.background import answering

CONFIG = """
[gateway]
name = "house"
node = "site"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
"""
HELD = {
    "path": "site/charger",
    "quantity": "current_limit_a",
    "unit": "A",
    "value": 10.0,
    "is_written": True,
    "held": 10.0,
    "until": "2025-01-01T12:00:00+00:00",
    "reason": "asked for by an operator",
}


@pytest.fixture
def ask(tmp_path):
    """Run the command against a daemon that gives one answer."""
    (tmp_path / "data").mkdir()
    path = tmp_path / "gateway.toml"
    path.write_text(CONFIG)

    def run(answer, *arguments):
        asked = []

        def answered(question):
            asked.append(question)
            return answer

        with answering(tmp_path / "data", answered):
            result = CliRunner().invoke(write, ["--config", str(path), *arguments])
        return result, asked

    return run


def test_it_says_what_was_written_read_back_and_until_when(ask):
    result, asked = ask(HELD, "charger", "current_limit_a", "10", "--for", "30m")
    assert asked == [
        {"write": "charger", "quantity": "current_limit_a", "value": 10, "for_s": 1800}
    ]
    assert result.output.startswith(
        "site/charger current_limit_a written 10 A, read back 10 A, held until 20"
    )


def test_it_says_when_nothing_had_to_be_written(ask):
    result, _ = ask({**HELD, "is_written": False}, "charger", "current_limit_a", "10")
    assert "is at 10 A already, held until 20" in result.output


def test_a_release_says_what_the_device_shows_now(ask):
    freed = {**HELD, "value": None, "held": 32.0, "until": None}
    result, asked = ask(freed, "charger", "current_limit_a", "--release")
    assert asked == [{"write": "charger", "quantity": "current_limit_a"}]
    assert result.output == "site/charger current_limit_a let go, read back 32 A\n"


def test_a_refusal_is_told_in_words(ask):
    result, _ = ask({"error": "0 to 32 only"}, "charger", "current_limit_a", "99")
    assert (result.exit_code, result.output) == (1, "Error: 0 to 32 only\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--for", "soon", "5"), "write 90s, 10m or 2h"),
        ((), "either a VALUE or --release"),
        (("5", "--release"), "either a VALUE or --release"),
    ],
)
def test_what_cannot_be_meant_is_not_asked(ask, arguments, words):
    result, asked = ask(HELD, "charger", "current_limit_a", *arguments)
    assert (result.exit_code, asked) == (2, [])
    assert words in result.output


def test_without_a_running_gateway_nothing_is_written(tmp_path):
    (tmp_path / "data").mkdir()
    path = tmp_path / "gateway.toml"
    path.write_text(CONFIG)
    result = CliRunner().invoke(
        write, ["--config", str(path), "charger", "switch", "1"]
    )
    assert result.exit_code == 1
    assert "no gateway runs" in result.output
    assert "only a running gateway writes" in result.output
