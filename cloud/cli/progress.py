"""The bar that commands show while they work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Told = Callable[[float, str], None]
"""Is told the share that is done, 0 to 1, and what was done last."""


@contextmanager
def bar(title: str) -> Iterator[Told]:
    """Show a bar on stderr, so that stdout is the answer and nothing else."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(title, total=1.0)
        yield lambda share, what: shown.update(
            task, completed=share, description=f"{title} · {what}"
        )
