"""Proposals to setpoints: the highest priority wins, within it the strictest. Pure."""

from collections.abc import Iterable

from gateway.proposal import Proposal


def resolve(proposals: Iterable[Proposal]) -> dict[str, Proposal]:
    """Return the proposal to obey for each setpoint.

    The highest priority wins. Within one priority the lowest value wins, so that two
    rules can only make each other stricter; of equal values the longest.
    """
    obeyed: dict[str, Proposal] = {}
    for proposal in proposals:
        rival = obeyed.get(proposal.setpoint)
        if rival is None or _rank(proposal) > _rank(rival):
            obeyed[proposal.setpoint] = proposal
    return obeyed


def _rank(proposal: Proposal) -> tuple[int, float, float]:
    return proposal.priority, -proposal.value, proposal.until.timestamp()
