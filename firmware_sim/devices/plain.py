"""Devices whose registers are one table: shown by quantity, and some may be set."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from firmware_sim.pdu import READ_HOLDING, READ_INPUT, Code, Refusal
from firmware_sim.registers import Field, Memory

_WORD: Final = 2


class Plain(Memory):
    """A device with one field for each quantity it measures.

    Args:
        fields: Named by quantity, in its unit; addresses count from `first`.
        settable: Quantities that a master may write.
    """

    def __init__(
        self,
        fields: Sequence[Field],
        *,
        holding: bool = False,
        first: int = 0,
        settable: Collection[str] = (),
    ) -> None:
        size = max(field.address + field.words for field in fields)
        function = READ_HOLDING if holding else READ_INPUT
        super().__init__(
            bytearray(_WORD * size), tuple(fields), functions=(function,), first=first
        )
        self._settable = {f.address for f in fields if f.name in settable}

    def show(self, values: Mapping[str, float]) -> None:
        """Put what it measures; quantities it does not know are left out."""
        for field in self.fields:
            if field.name in values:
                field.put(self.measured, values[field.name])

    def shown(self) -> dict[str, float]:
        """Return what its registers say, by quantity."""
        return {field.name: field.get(self.measured) for field in self.fields}

    def write(self, address: int, values: tuple[int, ...]) -> None:
        """Take settings (FC 6, 16); see `pdu.Bank`."""
        places = range(address - self.first, address - self.first + len(values))
        if not self._settable.issuperset(places):
            raise Refusal(Code.ILLEGAL_ADDRESS)
        for place, value in zip(places, values, strict=True):
            self.measured[2 * place : 2 * place + 2] = value.to_bytes(2)
