"""A migrated database of each kind, and gateways that seal and send by hand."""

import os
import pwd
import shutil
import socket
import subprocess
from array import array
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from cloud import enrolment
from cloud.enrolment import GatewayEntry
from cloud.ingest.site_config import SiteConfigs
from cloud.ingest.upload import Ingest
from cloud.store.database import Database
from cloud.store.migrations import migrate
from contract import envelope, signing
from contract.batch import Batch, seal
from contract.envelope import Envelope
from contract.inventory import DeviceEntry, Inventory, Role
from contract.quantity import Quantity

_DATABASES = count(1)
_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory):
    """A PostgreSQL server's address, up to the name of a database."""
    if not _BINARIES:
        pytest.skip("no PostgreSQL server is installed (apt install postgresql)")
    home = Path("/tmp") / f"voltonic-pg-{os.getpid()}"  # a socket's path is short
    home.mkdir()
    as_user = []
    if os.geteuid() == 0:  # the server refuses to run as root
        user = pwd.getpwnam("nobody")
        os.chown(home, user.pw_uid, user.pw_gid)
        as_user = ["setpriv", f"--reuid={user.pw_uid}", "--clear-groups"]
    pg_ctl = [*as_user, str(_BINARIES[-1] / "pg_ctl"), "-D", str(home / "data")]
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {home} -c fsync=off"
    log = home / "log"
    try:
        subprocess.run(
            [*pg_ctl, "-s", "-o", "-U voltonic -A trust --locale=C -E UTF8", "initdb"],
            check=True,
            cwd=home,
            stdout=subprocess.DEVNULL,
        )
        subprocess.run(
            [*pg_ctl, "-s", "-w", "-l", str(log), "-o", options, "start"],
            check=True,
            cwd=home,
        )
        yield f"postgresql://voltonic@127.0.0.1:{port}/"
        subprocess.run([*pg_ctl, "-s", "-m", "immediate", "stop"], check=True, cwd=home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path}/voltonic.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    """An empty database with the newest schema."""
    if request.param == "sqlite":
        where = nullcontext(request.getfixturevalue("sqlite_url"))
    else:
        where = _new_postgresql(request.getfixturevalue("postgresql"))
    with where as url:
        made = Database(url)
        migrate(made)
        yield made
        made.close()


@contextmanager
def _new_postgresql(server):
    """Yield a new database's address; it is gone afterwards, as many fill a disk."""
    import psycopg

    name = f"t{next(_DATABASES)}"
    with psycopg.connect(server + "postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield server + name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


METER = (
    Quantity.ACTIVE_POWER_KW,
    Quantity.ENERGY_IMPORT_KWH,
    Quantity.TEMPERATURE_C,
    Quantity.OCCUPANCY,
)


@pytest.fixture
def meter():
    """A device's inventory entry, a room's meter unless told otherwise."""

    def entry(node, name="meter", quantities=METER, **other):
        values = {"model": "voltonic_room", "role": Role.MAIN, "simulated": False}
        return DeviceEntry(node, name, quantities=quantities, **(values | other))

    return entry


@dataclass
class Sender:
    """A gateway's half of the protocol, written out by hand."""

    ingest: Ingest
    slug: str
    inventory: Inventory
    key: str = field(default_factory=signing.new_private_key)
    epoch: str = "e1" * 16
    seq: int = 0
    rows: int = 0
    uploads: int = 0
    declared: int = 0
    now_ms: int = 1_790_000_000_000

    def batch(self, *readings, **other):
        """Seal (point name, at_ms, value) readings as the next batch."""
        self.seq += 1
        points = [self.inventory.index.get(point, point) for point, _, _ in readings]
        values = {
            "gateway": self.slug,
            "epoch": self.epoch,
            "seq": self.seq,
            "sealed_at_ms": readings[-1][1],
            "monotonic_ms": 0,
            "boot_id": "b0" * 16,
            "inventory": self.inventory.hash,
            "rows_before": self.rows,
            "declared_before": self.declared,
            "points": array("I", points),
            "at_ms": array("q", [at_ms for _, at_ms, _ in readings]),
            "values": array("d", [value for _, _, value in readings]),
            "quality": bytes(len(readings)),
        }
        self.rows += len(readings)
        return seal(Batch(**(values | other)))

    def send(self, *batches, inventories=None, newest=(), status=None, now_ms=None):
        """Upload and return the receipt."""
        self.uploads += 1
        body = envelope.pack(
            Envelope(
                gateway=self.slug,
                epoch=self.epoch,
                number=self.uploads,
                sent_at_ms=self.now_ms,
                inventory=self.inventory.hash,
                inventories=(self.inventory,) if inventories is None else inventories,
                newest=newest,
                status=status or {},
                batches=batches,
            )
        )
        sender = self.ingest.sender(self.slug, signing.sign(self.key, body), body)
        return self.ingest.receive(sender, body, now_ms or self.now_ms)

    def restart(self, epoch):
        """Start the daemon again: a new epoch, counted from 1."""
        self.epoch, self.seq, self.rows, self.declared = epoch, 0, 0, 0


@pytest.fixture
def ingest(database):
    return Ingest(database, SiteConfigs())


@pytest.fixture
def gateway(database, ingest):
    """Enrol a gateway at a node, with these devices."""

    def enrolled(node, *devices, slug=None):
        slug = slug or node.rpartition("/")[2]
        sender = Sender(ingest, slug, Inventory(devices))
        entry = GatewayEntry(slug, node, signing.public_key(sender.key))
        enrolment.enrol(database, [entry])
        return sender

    return enrolled
