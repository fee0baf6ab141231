import pytest

from cloud.meter_files import read


@pytest.fixture
def opened(tmp_path):
    """Read files of these contents."""

    def call(meters, weather=None, metadata=None, timezone=None, sites=None):
        paths = {}
        given = {"load": meters, "weather": weather, "meta": metadata, "sites": sites}
        for name, content in given.items():
            if content is not None:
                paths[name] = tmp_path / f"{name}.csv"
                data = content if isinstance(content, bytes) else content.encode()
                paths[name].write_bytes(data)
        return read(paths["load"], paths.get("weather"), paths.get("meta"), timezone)

    return call


@pytest.fixture
def hall(opened):
    """Read a file and return its one building."""

    def call(*files, **more):
        (building,) = opened(*files, **more).buildings
        return building

    return call
