"""Pots that ended long ago leave the tables that are played in: archived, then detached."""
