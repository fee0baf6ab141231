"""Signed uploads of a gateway, made beforehand, and the cloud's end that takes them."""

from array import array
from dataclasses import dataclass
from time import perf_counter, time

from benchmarks.buffer import sample
from cloud.enrolment import GatewayEntry, enrol
from cloud.ingest.site_config import SiteConfigs
from cloud.ingest.upload import Ingest
from cloud.store.database import Database
from cloud.store.migrations import migrate
from contract import envelope, signing
from contract.batch import MAX_ROWS, Batch, seal
from contract.envelope import Envelope
from contract.interval import to_ms
from contract.inventory import Inventory
from contract.reading import Reading
from contract.receipt import Outcome

_SLUG = "bench"
_KEY = signing.new_private_key()


@dataclass(frozen=True, slots=True)
class Uploads:
    """What a gateway sends.

    Attributes:
        bodies: Each with its signature; the first brings the inventory and no batch.
        rows: Readings in all of them.
        columns: The readings, (point, at_ms, value, quality).
    """

    bodies: list[tuple[bytes, str]]
    rows: int
    columns: list[tuple[int, int, float, int]]


def made(batches: int, per_upload: int) -> Uploads:
    """Return uploads of `per_upload` full batches each."""
    inventory, readings = sample(batches * MAX_ROWS)
    epoch = "0f" * 16
    sealed = [_sealed(inventory, readings, number, epoch) for number in range(batches)]
    bodies = [_signed(0, epoch, inventory, (), (inventory,))]
    for start in range(0, batches, per_upload):
        some = tuple(sealed[start : start + per_upload])
        bodies.append(_signed(start + 1, epoch, inventory, some, ()))
    index = inventory.index
    columns = [(index[r.point], to_ms(r.at), r.value, 0) for r in readings]
    return Uploads(bodies, len(readings), columns)


def ingested(url: str, uploads: Uploads, sends: int = 1) -> list[float]:
    """Return the rows a second of each time the uploads are sent to a new database."""
    database = Database(url)
    migrate(database)
    enrol(database, [GatewayEntry(_SLUG, "campus/bench", signing.public_key(_KEY))])
    ingest = Ingest(database, SiteConfigs())
    _receive(ingest, *uploads.bodies[0])
    rates = []
    for _ in range(sends):
        begin_s = perf_counter()
        for body, signature in uploads.bodies[1:]:
            _receive(ingest, body, signature)
        rates.append(uploads.rows / (perf_counter() - begin_s))
    database.close()
    return rates


def _receive(ingest: Ingest, body: bytes, signature: str) -> None:
    receipt = ingest.receive(
        ingest.sender(_SLUG, signature, body), body, int(time() * 1000)
    )
    for batch in receipt.batches:
        if batch.outcome not in (Outcome.ACCEPTED, Outcome.KNOWN) or batch.rejected:
            raise RuntimeError(f"not taken: {str(batch)[:300]}")


def _signed(
    number: int,
    epoch: str,
    inventory: Inventory,
    batches: tuple[bytes, ...],
    inventories: tuple[Inventory, ...],
) -> tuple[bytes, str]:
    body = envelope.pack(
        Envelope(
            gateway=_SLUG,
            epoch=epoch,
            number=number,
            sent_at_ms=0,
            inventory=inventory.hash,
            inventories=inventories,
            batches=batches,
        )
    )
    return body, signing.sign(_KEY, body)


def _sealed(
    inventory: Inventory, readings: list[Reading], number: int, epoch: str
) -> bytes:
    some = readings[number * MAX_ROWS : (number + 1) * MAX_ROWS]
    index = inventory.index
    return seal(
        Batch(
            gateway=_SLUG,
            epoch=epoch,
            seq=number + 1,
            sealed_at_ms=to_ms(some[-1].at),
            monotonic_ms=0,
            boot_id="0b" * 16,
            inventory=inventory.hash,
            rows_before=number * MAX_ROWS,
            declared_before=0,
            points=array("I", [index[reading.point] for reading in some]),
            at_ms=array("q", [to_ms(reading.at) for reading in some]),
            values=array("d", [reading.value for reading in some]),
            quality=bytes(len(some)),
        )
    )
