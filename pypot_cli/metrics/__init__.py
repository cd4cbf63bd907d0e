"""`pypot metrics`: what the database counted, as Prometheus' text."""

from pypot_cli.metrics.catalogue import CATALOGUE, Metric
from pypot_cli.metrics.exposition import CALLER, Metrics, UncataloguedError, text

__all__ = ["CALLER", "CATALOGUE", "Metric", "Metrics", "UncataloguedError", "text"]
