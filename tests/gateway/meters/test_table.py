"""The table of meter models in the documentation is the models."""

from pathlib import Path

from gateway.meters.loader import load_all

TABLE = Path(__file__).parents[3] / "docs" / "meters.md"


def row(model):
    verified = "yes" if model.verified else "no"
    cells = (f"`{model.name}`", model.title, verified, model.source, model.checked)
    return f"| {' | '.join(cells)} |"


def test_the_documented_models_are_those_that_are_shipped():
    models, _, _keys = TABLE.read_text(encoding="utf-8").partition("\n## ")
    documented = [line for line in models.splitlines() if line.startswith("| `")]
    assert documented == [row(model) for model in load_all().values()]
