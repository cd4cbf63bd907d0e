"""Every metric that `pypot metrics` shows: its name, type and meaning, in the order of the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Metric:
    """A family. A counter's name is without `_total`; a histogram has `_bucket`, `_sum`, `_count`.

    `labels` are those of every sample, of a histogram besides `le`.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()

    @property
    def series(self) -> tuple[str, ...]:
        """The names by which queries find it."""
        if self.kind == "counter":
            return (f"{self.name}_total",)
        if self.kind == "histogram":
            return tuple(f"{self.name}_{each}" for each in ("bucket", "sum", "count"))
        return (self.name,)


CATALOGUE = (
    Metric("pots_joins", "counter", "Joins, also those cancelled later."),
    Metric("pots_tickets", "counter", "Tickets bought."),
    Metric("pots_credits", "counter", "Credits spent on tickets."),
    Metric("pots_players", "counter", "Players who joined for the first time."),
    Metric("pots_returned", "counter", "Players who joined a later pot as well.", ("within",)),
    Metric("pots_opened", "counter", "Pots opened."),
    Metric("pots_ended", "counter", "Pots that ended, by how.", ("outcome",)),
    Metric("pots_fill_seconds", "histogram", "From opening to the last ticket, of full pots."),
    Metric("pots_unfilled", "counter", "Pots that closed without being full."),
    Metric("pots_fill_target", "counter", "Pots that closed, by the 90 s target.", ("result",)),
    Metric("pots_lock_to_settled_seconds", "histogram", "From lock to payout."),
    Metric("pots_payouts", "counter", "Payouts, by whether they moved what is due.", ("result",)),
    Metric("pots_refusals", "counter", "Refusals that left a record.", ("event", "token")),
    Metric("pots_fill_within_target_ratio", "gauge", "Share within 90 s, of the last 7 days."),
    Metric(
        "pots_fill_peak_within_target_ratio",
        "gauge",
        "Share within 90 s at peak hours, of the last 7 days; 0.75 is the target.",
    ),
    Metric("pots_payout_accuracy_ratio", "gauge", "Share of payouts that are correct; must be 1."),
    Metric("pots_flags", "gauge", "Fraud flags, by kind and status.", ("kind", "status")),
    Metric("pots_in_progress", "gauge", "Pots that have not ended.", ("status",)),
    Metric("pots_paused", "gauge", "Open pots that compliance has paused."),
    Metric("pots_oldest_unsettled_seconds", "gauge", "Since the oldest lock that is not paid out."),
    Metric("pots_alerts", "gauge", "Alerts that are not closed.", ("kind", "severity")),
    Metric("pots_alerts_unacknowledged", "gauge", "Alerts that nobody looks after yet."),
    Metric(
        "pots_oldest_page_unacknowledged_seconds",
        "gauge",
        "Since the oldest alert worth waking somebody that nobody looks after yet was opened.",
    ),
    Metric("pots_commitments_in_stock", "gauge", "Commitments for pots to come."),
    Metric("pots_events_to_roll_up", "gauge", "Events that are not in these metrics yet."),
)
