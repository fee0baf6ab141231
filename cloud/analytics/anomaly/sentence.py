"""What is told of an anomaly, in plain words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cloud.analytics.anomaly.episode import Episode, Kind


def sentence(episode: Episode, zone: ZoneInfo) -> str:
    """Return one sentence of a person who has seen the figures, in local time."""
    words = {
        Kind.STUCK: _stuck,
        Kind.SPIKE: _spike,
        Kind.NIGHT_LOAD: _night_load,
        Kind.DRIFT: _drift,
        Kind.MISSING: _missing,
        Kind.PHASE_IMBALANCE: _phase_imbalance,
    }
    return words[episode.kind](episode, zone)


def _stuck(episode: Episode, zone: ZoneInfo) -> str:
    shown = _number(episode.evidence["value_kw"])
    hours = _count(episode.evidence["hours"], "hour")
    begin = _hour(episode.start_s, zone)
    if episode.is_ongoing:
        return f"The meter stands still: {shown} kW for {hours} now, since {begin}."
    return f"The meter stood still at {shown} kW for {hours}, from {begin} on."


def _spike(episode: Episode, zone: ZoneInfo) -> str:
    peak = _number(episode.evidence["peak_kw"])
    usual = _number(episode.evidence["expected_kw"])
    hours = _count((episode.end_s - episode.start_s) / 3600, "hour")
    return (
        f"The load rose to {peak} kW on {_hour(episode.start_s, zone)}, where"
        f" {usual} kW were expected, and was back after {hours}."
    )


def _night_load(episode: Episode, zone: ZoneInfo) -> str:
    nights = int(episode.evidence["nights"])
    more = _number(episode.evidence["above_kw"])
    morning = _day(episode.end_s, zone)
    if nights == 1:
        return (
            f"Something was left on in the night to {morning}: {more} kW more than"
            " on nights of its kind."
        )
    return (
        f"Something was left on for {nights} nights, the last one to {morning}:"
        f" {more} kW more than on nights of their kind."
    )


def _drift(episode: Episode, zone: ZoneInfo) -> str:
    rise = _number(episode.evidence["rise_kw"])
    share = 100 * episode.evidence["rise_share"]
    return (
        f"The base load has crept up by {rise} kW ({share:.0f} % of the mean load)"
        f" since about {_day(episode.start_s, zone)}, more than weather and calendar"
        " explain."
    )


def _missing(episode: Episode, zone: ZoneInfo) -> str:
    hours = _count(episode.evidence["hours"], "hour")
    begin = _hour(episode.start_s, zone)
    known = f"No reading came for {hours}, from {begin} on"
    if episode.size_kwh is None:
        return f"{known}."
    return f"{known}; by habit about {_number(episode.size_kwh)} kWh were used."


def _phase_imbalance(episode: Episode, zone: ZoneInfo) -> str:
    unit = "v" if "l1_v" in episode.evidence else "a"
    three = " / ".join(_number(episode.evidence[f"l{at}_{unit}"]) for at in (1, 2, 3))
    what = "voltages" if unit == "v" else "currents"
    percent = episode.evidence["unbalance_percent"]
    limit = episode.evidence["limit_percent"]
    return (
        f"The {what} of the phases differ by {percent:.1f} % ({three} {unit.upper()})"
        f" since {_hour(episode.start_s, zone)}; up to {limit:.0f} % are in order."
    )


def _number(value: float) -> str:
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 1 else 2
    return f"{value:.{digits}f}"


def _count(value: float, what: str) -> str:
    rounded = round(value, 1)
    return f"{rounded:g} {what}" + ("" if rounded == 1 else "s")


def _hour(second: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(second, zone):%a %-d %b at %H:%M}"


def _day(second: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(second, zone):%a %-d %b}"
