"""What `metric_snapshot` answers, as families of prometheus-client and as their text."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from pypot_cli.errors import PypotError
from pypot_cli.metrics.catalogue import CATALOGUE, Metric
from pypot_cli.rpc import Caller, Calls

CALLER = Caller("pot_events")
"""Who reads them: the role with the fewest rights that may."""


class UncataloguedError(PypotError):
    """The database tells a metric that this version of pypot does not know."""


class Metrics(Collector):
    """Asks the database at each scrape. Safe to use from any thread."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._one_at_a_time = threading.Lock()

    def collect(self) -> Iterable[Family]:
        """Return the families; raises as Calls.rows."""
        with self._one_at_a_time:
            rows = self._calls.rows(CALLER, "metric_snapshot")
        return families(rows)


def text(calls: Calls) -> str:
    """Return Prometheus' text of what the database counted. Raises as Calls.rows."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Metrics(calls))
    return generate_latest(registry).decode()


def families(rows: Iterable[Mapping[str, Any]]) -> Iterator[Family]:
    """Yield a family for each metric of the catalogue, empty where the rows have none of it.

    A row is {metric, labels, value}. Raises UncataloguedError for a row of no metric.
    """
    found: dict[str, list[tuple[dict[str, str], float]]] = defaultdict(list)
    for row in rows:
        found[row["metric"]].append((row["labels"], float(row["value"])))
    made = [_family(metric, found) for metric in CATALOGUE]
    if found:
        raise UncataloguedError(f"not in the catalogue of metrics: {', '.join(sorted(found))}")
    yield from made


def _family(metric: Metric, found: dict[str, list[tuple[dict[str, str], float]]]) -> Family:
    if metric.kind == "histogram":
        return _histogram(
            metric, found.pop(metric.name, []), found.pop(f"{metric.name}_sum", [({}, 0.0)])
        )
    family: CounterMetricFamily | GaugeMetricFamily
    if metric.kind == "counter":
        family = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
    else:
        family = GaugeMetricFamily(metric.name, metric.help, labels=metric.labels)
    for labels, value in found.pop(metric.series[0], []):
        family.add_metric([labels[name] for name in metric.labels], value)
    return family


def _histogram(
    metric: Metric,
    classes: Iterable[tuple[dict[str, str], float]],
    sums: Iterable[tuple[dict[str, str], float]],
) -> HistogramMetricFamily:
    """Sum up classes, each with its own count, to Prometheus' buckets, each with all below it."""
    counts = {_bound(labels["le"]): count for labels, count in classes}
    counts.setdefault(math.inf, 0.0)
    upto, buckets = 0.0, []
    for bound in sorted(counts):
        upto += counts[bound]
        buckets.append(("+Inf" if math.isinf(bound) else f"{bound:g}", upto))
    family = HistogramMetricFamily(metric.name, metric.help)
    family.add_metric([], buckets, sum(value for _, value in sums))
    return family


def _bound(label: str) -> float:
    return math.inf if label == "more" else float(label)
