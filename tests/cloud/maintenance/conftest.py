"""A building to look after."""

import pytest

from tests.cloud.maintenance.house import House


@pytest.fixture
def house(database) -> House:
    return House(database)
