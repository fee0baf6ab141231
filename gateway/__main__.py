"""The command `voltonic-gateway`: one building's meters to the cloud."""

from importlib import import_module
from typing import Final

import click

_COMMANDS: Final = (
    "run",
    "check",
    "read",
    "watch",
    "write",
    "probe",
    "decode",
    "status",
    "pin",
    "key",
)


class _Lazy(click.Group):
    """Imports a subcommand when it is used, so that the rest need not wait."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = import_module(f"gateway.commands.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=_Lazy)
@click.version_option(package_name="voltonic", prog_name="voltonic-gateway")
def main() -> None:
    """Read a building's meters, act on local rules, and send all of it to the cloud.

    Nothing that was committed here is lost or counted twice.
    """


if __name__ == "__main__":
    main()
