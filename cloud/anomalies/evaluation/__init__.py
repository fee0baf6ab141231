"""How well anomalies are found that were put into real meters."""
