"""The efficiency score: how much of the load serves somebody."""


def efficiency_score(load_kw: float, idle_kw: float) -> float | None:
    """Return 100 × (1 − idle / load), within 0 to 100; None without load.

    `idle_kw` is the load of air conditioning and light in rooms where nobody is. A
    campus that switches both off behind the last person scores 100; one that runs on
    for nobody scores 0. The same formula serves energy over a period, in kWh.
    """
    if load_kw <= 0:
        return None
    return 100 * (1 - min(max(idle_kw / load_kw, 0.0), 1.0))
