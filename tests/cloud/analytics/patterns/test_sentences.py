"""What stands out, in plain words."""

from cloud.analytics.patterns.profile import figures, profiles
from cloud.analytics.patterns.seasons import Sensitivity, Trend
from cloud.analytics.patterns.sentences import of_days, of_seasons


def lessons(hour, weekday):
    if weekday > 5 or not 8 <= hour < 16:
        return 10.0
    return 30.0 if hour == 12 else 20.0


def test_days_are_told_by_what_is_unusual_of_them(school):
    days = school(lessons)
    said = of_days(figures(days), profiles(days))
    assert said == [
        "76% of its mean load never goes off: 10 kW.",
        "On 100% of the working days it is highest between 12 and 13 h.",
        "A Saturday is much like a working day (100% of its use).",
        "A Sunday uses 27% less than a working day.",
    ]


def test_a_load_of_nothing_has_nothing_to_tell(school):
    days = school(lambda hour, weekday: 0.0)
    assert of_days(figures(days), profiles(days)) == []


def test_a_trend_is_told_with_its_interval_and_its_doubt():
    said = of_seasons(Trend(-1.23, -2.0, -0.5, 20, False, False), [])
    assert said == [
        "It falls by 1.2 % a month (between 0.5 and 2.0 %, over 20 weeks; "
        "less than a year, so seasons are in it)."
    ]


def test_a_trend_that_may_be_none_is_not_told_as_one():
    said = of_seasons(Trend(0.3, -0.2, 0.9, 20, False, False), [])
    assert said == ["It neither rises nor falls over 20 weeks for certain."]


def test_weather_is_told_by_the_degree():
    said = of_seasons(None, [Sensitivity(False, 12.3, 0.61, 24.0, 0.2, 200)])
    assert said == ["Each degree above 24 °C outdoors adds 12.3 kWh a day (± 0.61)."]
