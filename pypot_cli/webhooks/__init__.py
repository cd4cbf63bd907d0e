"""Webhooks: what leaves the database for addresses outside (docs/webhooks.md)."""
