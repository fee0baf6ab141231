"""What a captured post says. Pure."""

from datetime import UTC, datetime

from gateway.drivers.http_push.body import (
    COUNTERS,
    GAUGES,
    FieldError,
    NoJsonError,
    posts,
)
from gateway.telegram import Measured, Record, Telegram, TelegramError, telegram


def decode(data: bytes) -> Telegram:
    """Return the values of each reading in a request's body.

    Energy is as posted: since the post before, unless the device is a counter.

    Raises:
        TelegramError: It would be refused.
    """
    try:
        found = posts(data, datetime.max.replace(tzinfo=UTC))
    except (NoJsonError, FieldError) as error:
        raise TelegramError(str(error)) from error
    measured: list[Measured] = []
    records: list[Record] = []
    for post in found:
        records += [Record(name, value) for name, value in post.values.items()]
        for name, quantity in (*COUNTERS.items(), *GAUGES.items()):
            if name in post.values:
                value = post.values[name]
                measured.append(
                    Measured(quantity, value, name, post.device_id, post.at)
                )
    return telegram(measured, records)
