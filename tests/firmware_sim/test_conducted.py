import asyncio
import json

import pytest

from firmware_sim.conducted import follow


class Stage:
    def __init__(self):
        self.moves = []

    def advance(self, at_ms):
        self.moves.append(at_ms)

    def go_live(self):
        self.moves.append("live")

    def hold(self):
        self.moves.append("hold")


def conducted(path, *messages):
    """Conduct `messages`, then hang up; return the stage and what it answered."""

    async def run():
        stage, heard = Stage(), []

        async def conduct(reader, writer):
            heard.append(json.loads(await reader.readline()))
            for message in messages:
                writer.write(json.dumps(message).encode() + b"\n")
                heard.append(json.loads(await reader.readline() or "null"))
            writer.close()

        async with await asyncio.start_unix_server(conduct, path):
            await asyncio.wait_for(follow(path, "campus", stage), 5)
        return stage, heard

    return asyncio.run(run())


def test_a_stage_goes_where_the_conductor_says(tmp_path):
    messages = [{"tick": 60_000}, {"tick": 120_000}, {"live": True}, {"hold": True}]
    stage, heard = conducted(tmp_path / "conductor", *messages)
    assert stage.moves == [60_000, 120_000, "live", "hold"]
    assert heard == [
        {"hello": "simulator", "name": "campus"},
        {"done": 60_000},
        {"done": 120_000},
        {"live": True},
        {"held": True},
    ]


def test_what_no_simulator_knows_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="no simulator knows"):
        conducted(tmp_path / "conductor", {"dance": True})
