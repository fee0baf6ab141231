"""The hardware guide: what it tells a technician to write is what the gateway reads."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from gateway.config import load
from gateway.meters.loader import load_all

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "hardware.md").read_text(encoding="utf-8")
GATEWAY = """
[gateway]
name = "house"
node = "campus/house"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
"""
SNIPPETS = re.findall(r"^```toml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
(MODEL,) = re.findall(r"^```toml model\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
IMAGES = re.findall(r"\]\((images/[^)]+)\)", GUIDE)
COMMANDS = set(re.findall(r"`voltonic-gateway (\w+)", GUIDE))


def loaded(tmp_path, text):
    path = tmp_path / "gateway.toml"
    path.write_text(GATEWAY + text, encoding="utf-8")
    return load(path)


@pytest.mark.parametrize("text", SNIPPETS, ids=lambda text: text.split('"')[1])
def test_each_snippet_is_a_configuration(tmp_path, text):
    settings = loaded(tmp_path, text)
    assert len(settings.devices) == text.count("[[devices]]")
    assert {each.line for each in settings.devices} == set(settings.lines)


def test_all_snippets_together_are_one_configuration(tmp_path):
    assert len(loaded(tmp_path, "\n".join(SNIPPETS)).lines) == len(
        re.findall(r"^\[lines\.", GUIDE, re.MULTILINE)
    )


def test_the_guide_has_a_snippet_for_each_type_of_line():
    from gateway.config.file import _types  # what devices can be on

    written = set(re.findall(r'^type = "(\w+)"', GUIDE, re.MULTILINE))
    assert written == _types() - {"none"}


def test_the_model_of_the_guide_can_be_used(tmp_path):
    (tmp_path / "acme_e1.toml").write_text(MODEL, encoding="utf-8")
    assert "acme_e1" in load_all(tmp_path)


def test_each_drawing_is_there_and_sound():
    assert len(IMAGES) >= 6
    for image in IMAGES:
        root = ET.parse(DOCS / image).getroot()
        assert root.tag.endswith("svg")
        assert root.find("{*}title").text


def test_the_guide_names_only_commands_that_exist():
    from gateway.__main__ import main

    assert COMMANDS
    assert set(main.list_commands(None)) >= COMMANDS


def test_each_message_of_the_fault_table_is_one_the_gateway_gives():
    table = GUIDE.partition("| it says |")[2].partition("\n\n")[0]
    source = "".join(
        path.read_text(encoding="utf-8")
        for package in ("contract", "gateway")
        for path in sorted(DOCS.parent.glob(f"{package}/**/*.py"))
    )
    source = re.sub(r'"\s+f?"', "", source)  # a message over several lines is one
    said = [
        part.strip()
        for line in table.splitlines()
        for message in re.findall(r"`([^`]+)`", line.split("|")[1] if line else "")
        for part in re.split(r"…|\d[\d.:]*", message)
        if len(part.strip()) > 3
    ]
    assert len(said) > 20
    assert not [part for part in said if part not in source]
