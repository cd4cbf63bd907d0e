"""Beacons over the network: fetch and verify rounds, hand them in, and serve a local one."""
