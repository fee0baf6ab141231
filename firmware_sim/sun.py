"""Where the sun stands and what a clear sky lets through."""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import acos, asin, atan2, cos, degrees, exp, pi, radians, sin
from typing import Final

_SOLAR_CONSTANT: Final = 1361.0
_ALBEDO: Final = 0.2
_J2000: Final = datetime(2000, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """A place on earth, in degrees north and east."""

    latitude: float
    longitude: float
    altitude_m: float
    turbidity: float
    """Linke turbidity of the usual clear sky there."""


@dataclass(frozen=True, slots=True)
class Sun:
    """Zenith angle and azimuth (from north over east) in radians, distance in AU."""

    zenith: float
    azimuth: float
    distance: float


@dataclass(frozen=True, slots=True)
class Irradiance:
    """Clear-sky irradiance in W/m²: global and diffuse horizontal, direct normal."""

    global_: float
    direct: float
    diffuse: float


_DARK: Final = Irradiance(0.0, 0.0, 0.0)


def sun_at(place: Place, at: datetime) -> Sun:
    """Return where the sun stands, to about 0.02°.

    Source: The Astronomical Almanac's low-precision formulas (section C).
    """
    days = (at - _J2000).total_seconds() / 86_400
    anomaly = radians((357.528 + 0.9856003 * days) % 360)
    longitude = radians(
        (280.460 + 0.9856474 * days + 1.915 * sin(anomaly) + 0.020 * sin(2 * anomaly))
        % 360
    )
    tilt = radians(23.439 - 4e-7 * days)
    ascension = atan2(cos(tilt) * sin(longitude), cos(longitude))
    declination = asin(sin(tilt) * sin(longitude))
    sidereal = radians((280.46062 + 360.98564737 * days + place.longitude) % 360)
    hour_angle = sidereal - ascension
    latitude = radians(place.latitude)
    height = sin(latitude) * sin(declination)
    height += cos(latitude) * cos(declination) * cos(hour_angle)
    azimuth = pi + atan2(
        sin(hour_angle),
        cos(hour_angle) * sin(latitude)
        - sin(declination) / cos(declination) * cos(latitude),
    )
    distance = 1.00014 - 0.01671 * cos(anomaly) - 0.00014 * cos(2 * anomaly)
    return Sun(acos(max(-1.0, min(1.0, height))), azimuth, distance)


def clear_sky(place: Place, sun: Sun) -> Irradiance:
    """Return the irradiance under a cloudless sky.

    Source: Ineichen and Perez (2002), "A new airmass independent formulation for the
    Linke turbidity coefficient"; air mass after Kasten and Young (1989).
    """
    height = cos(sun.zenith)
    zenith_deg = degrees(sun.zenith)
    if height <= 0 or zenith_deg >= 90:
        return _DARK
    pressure = exp(-place.altitude_m / 8434.5)
    mass = pressure / (height + 0.50572 * (96.07995 - zenith_deg) ** -1.6364)
    extra = _SOLAR_CONSTANT / sun.distance**2
    near, far = exp(-place.altitude_m / 8000), exp(-place.altitude_m / 1250)
    slope = 5.09e-5 * place.altitude_m + 0.868
    decay = 3.92e-5 * place.altitude_m + 0.0387
    haze = place.turbidity - 1
    total = slope * extra * height * exp(-decay * mass * (near + far * haze))
    beam = (0.664 + 0.163 / near) * extra * exp(-0.09 * mass * haze)
    least = 0.1 - 0.2 * exp(-place.turbidity)
    direct = min(beam, total * (1 - least / (0.1 + 0.882 / near)) / height)
    return Irradiance(total, direct, max(0.0, total - direct * height))


def on_plane(sun: Sun, sky: Irradiance, tilt: float, azimuth: float) -> float:
    """Return the W/m² that fall on a plane `tilt` degrees steep (isotropic sky)."""
    slope = radians(tilt)
    incidence = cos(sun.zenith) * cos(slope) + sin(sun.zenith) * sin(slope) * cos(
        sun.azimuth - radians(azimuth)
    )
    from_sky = sky.diffuse * (1 + cos(slope)) / 2
    from_ground = sky.global_ * _ALBEDO * (1 - cos(slope)) / 2
    return sky.direct * max(0.0, incidence) + from_sky + from_ground
