import numpy as np

from firmware_sim.draws import Stream, uniform


def test_the_same_key_draws_the_same_number_whatever_is_drawn_beside_it():
    alone = uniform(7, Stream.OCCUPANCY, 42, 1000)
    among_others = uniform(7, Stream.OCCUPANCY, np.arange(100), 1000)
    assert alone == among_others[42]


def test_every_part_of_the_key_matters():
    drawn = {
        float(uniform(seed, stream, thing, moment))
        for seed in (7, 8)
        for stream in (Stream.AC, Stream.LIGHT)
        for thing in (1, 2)
        for moment in (-1, 0, 1)
    }
    assert len(drawn) == 24


def test_draws_fill_the_unit_interval_evenly():
    drawn = uniform(1, Stream.FAULT, np.arange(1000)[:, None], np.arange(100)[None, :])
    counts, _ = np.histogram(drawn, bins=10, range=(0, 1))
    assert counts.sum() == 100_000
    assert np.abs(counts - 10_000).max() < 500
