from datetime import date

import pytest

from cloud.domain.public_holidays import UnknownCountryError, public_holidays


def test_a_state_s_own_holiday_counts_where_it_is_one_for_all():
    all_saints = date(2017, 11, 1)
    assert all_saints in public_holidays("DE", "NW", [2017])
    assert all_saints not in public_holidays("DE", "BE", [2017])


def test_an_american_state_s_own_holiday_is_a_working_day():
    in_new_york = public_holidays("US", "NY", [2017])
    assert date(2017, 11, 7) not in in_new_york  # Election Day
    assert date(2017, 11, 23) in in_new_york  # Thanksgiving
    assert in_new_york == public_holidays("US", None, [2017])


@pytest.mark.parametrize("place", [("XX", None), ("US", "XX"), ("DE", "XX")])
def test_what_is_not_known_is_said(place):
    with pytest.raises(UnknownCountryError, match="XX"):
        public_holidays(*place, [2017])
