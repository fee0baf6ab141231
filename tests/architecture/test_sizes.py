"""The house stays small: nothing grows past what one reader can hold."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [
    path
    for package in ("contract", "gateway", "cloud", "firmware_sim", "benchmarks")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "node_modules" not in path.parts
]
JUNK_DRAWERS = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "manager",
    "services",
    "base",
    "core",
}
MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 40
MOST_ARGUMENTS = 6


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_small_documented_and_named_for_what_it_holds(path):
    source = path.read_text()
    tree = ast.parse(source)
    assert ast.get_docstring(tree)
    assert path.stem not in JUNK_DRAWERS
    assert len(source.splitlines()) <= MOST_LINES


def is_command(function):
    """Whether a function's parameters are the options of a command line."""
    return any(
        isinstance(part, ast.Attribute) and part.attr == "command"
        for decorator in function.decorator_list
        for part in ast.walk(decorator)
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_fits_on_a_screen_and_takes_few_arguments(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if is_command(node):
            assert node.end_lineno - node.body[0].lineno < MOST_LINES_OF_A_FUNCTION
            continue
        assert node.end_lineno - node.lineno < MOST_LINES_OF_A_FUNCTION, node.name
        own = [a for a in node.args.args if a.arg not in ("self", "cls")]
        assert len(own) + len(node.args.kwonlyargs) <= MOST_ARGUMENTS, node.name
