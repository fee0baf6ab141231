"""Photovoltaic arrays and wind turbines, by the node they stand at."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import delete, insert, select, update

from cloud.domain.generator import Generator, GeneratorKind
from cloud.store.database import Connection
from cloud.store.schema import generation_forecast, generator, node

_COLUMNS = (
    generator.c.slug,
    generator.c.kind,
    generator.c.capacity_kw,
    generator.c.tilt_deg,
    generator.c.azimuth_deg,
    generator.c.hub_height_m,
    generator.c.curve,
    generator.c.device,
)


@dataclass(frozen=True, slots=True)
class StoredGenerator:
    """A generator and the node it stands at."""

    id: int
    node_id: int
    path: str
    generator: Generator


def generators(connection: Connection) -> list[StoredGenerator]:
    """Return every generator, by node path and slug."""
    g = generator.c
    rows = connection.execute(
        select(g.id, g.node_id, node.c.path, *_COLUMNS)
        .join_from(generator, node, g.node_id == node.c.id)
        .order_by(node.c.path, g.slug)
    )
    return [
        StoredGenerator(
            *row[:3], Generator(row.slug, GeneratorKind(row.kind), *row[5:])
        )
        for row in rows
    ]


def set_generators(
    connection: Connection, node_id: int, said: Iterable[Generator]
) -> None:
    """Make `said` the generators of the node; the forecasts of others are forgotten."""
    g = generator.c
    rows = connection.execute(select(g.slug, g.id).where(g.node_id == node_id))
    held = {row.slug: int(row.id) for row in rows}
    for each in said:
        values = asdict(each) | {"kind": each.kind.value}
        known = held.pop(each.slug, None)
        if known is None:
            connection.execute(insert(generator).values(node_id=node_id, **values))
        else:
            changed = update(generator).where(g.id == known).values(**values)
            connection.execute(changed)
    gone = list(held.values())
    forecast = generation_forecast.c
    connection.execute(
        delete(generation_forecast).where(forecast.generator_id.in_(gone))
    )
    connection.execute(delete(generator).where(g.id.in_(gone)))
