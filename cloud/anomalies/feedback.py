"""What people say of an anomaly, taken down; docs/forecasting.md says what follows."""

from dataclasses import dataclass

from cloud.domain.anomaly import Verdict
from cloud.facts.anomaly.told import UnknownAnomalyError
from cloud.store import anomalies, anomaly_feedback
from cloud.store.anomaly_feedback import FeedbackRow
from cloud.store.database import Database


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody says.

    Attributes:
        author: Who, as they are known here.
    """

    verdict: Verdict
    author: str
    note: str | None = None


def give(database: Database, anomaly_id: int, said: Feedback, now_s: int) -> None:
    """Keep what was said of an anomaly; the next look at its node heeds it.

    Raises:
        UnknownAnomalyError: There is none of this id.
    """
    row = FeedbackRow(now_s, said.author, said.verdict.value, said.note)
    with database.write() as connection:
        if anomalies.one(connection, anomaly_id) is None:
            raise UnknownAnomalyError(f"there is no anomaly {anomaly_id}")
        anomaly_feedback.give(connection, anomaly_id, row)
