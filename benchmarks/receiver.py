"""A cloud that takes everything: prints its port; `GET /` says how many rows came."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from contract.batch import FORMAT, unseal
from contract.envelope import unpack
from contract.receipt import BatchReceipt, Outcome, Receipt


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    rows = 0
    inventories: frozenset[str] = frozenset()

    def do_POST(self) -> None:
        """Take an upload."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        envelope, kind = unpack(body), type(self)
        kind.inventories |= {each.hash for each in envelope.inventories}
        wanted = envelope.inventory not in kind.inventories
        receipt = Receipt(
            envelope.number,
            envelope.sent_at_ms,
            FORMAT,
            tuple(self._taken(sealed) for sealed in envelope.batches),
            inventory_wanted=wanted,
        )
        self._answer(receipt.to_bytes())

    def do_GET(self) -> None:
        """Say how many rows came."""
        self._answer(json.dumps({"rows": type(self).rows}).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _taken(self, sealed: bytes) -> BatchReceipt:
        batch, kind = unseal(sealed), type(self)
        if batch.inventory not in kind.inventories:
            return BatchReceipt(batch.epoch, batch.seq, Outcome.INVENTORY_WANTED)
        kind.rows += len(batch)
        return BatchReceipt(batch.epoch, batch.seq, Outcome.ACCEPTED)

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        print(json.dumps({"port": server.server_port}), flush=True)
        server.serve_forever()
