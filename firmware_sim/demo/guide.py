"""What to try while the demo runs: addresses and commands to copy."""

from collections.abc import Iterator

from firmware_sim.demo.installation import Installation
from firmware_sim.demo.ports import GatewayPorts, Settings

_POWER_W = {"eastron_sdm120": 0x0C, "eastron_sdm630": 0x34}


def guide(installation: Installation) -> str:
    """Return the addresses of the running demo."""
    return "\n".join(("", *_lines(installation), ""))


def _lines(installation: Installation) -> Iterator[str]:
    url, key = installation.url, installation.keys.viewer
    yield f"  Dashboard   {url}/"
    yield f"  Sign in     {installation.sign_in}"
    yield f"  API         {url}/api/v1/openapi.json"
    yield f"              curl -H 'X-API-Key: {key}' {url}/api/live/campus"
    yield from _meters(installation)
    yield "  Stop        Ctrl-C"


def _meters(installation: Installation) -> Iterator[str]:
    seen = set()
    for gateway in installation.ports.gateways:
        for device in gateway.devices:
            model = device["model"]
            port = _tcp_port(gateway, device)
            if model in _POWER_W and model not in seen and port is not None:
                seen.add(model)
                yield f"  {str(model)[-6:].upper():11} {_mbpoll(device, port)}"
                yield f"              {_read(installation, gateway, device)}"


def _tcp_port(gateway: GatewayPorts, device: Settings) -> int | None:
    line = str(device["line"])
    port = gateway.lines[line].get("port")
    return port if isinstance(port, int) else gateway.mirrors.get(line)


def _mbpoll(device: Settings, port: int) -> str:
    address = _POWER_W[str(device["model"])]
    unit = device["unit"]
    return (
        f"mbpoll -m tcp -p {port} -a {unit} -0 -r {address} -t 3:float -B -1 127.0.0.1"
    )


def _read(installation: Installation, gateway: GatewayPorts, device: Settings) -> str:
    [config] = [g.config for g in installation.gateways if g.name == gateway.name]
    place = "/".join(filter(None, (str(device["node"]), str(device["name"]))))
    return f"voltonic-gateway read --config {config} {place}"
