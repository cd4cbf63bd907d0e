"""JSON Schema (2020-12) of each kind and version of events: `<kind>.v<version>.json`.

`event.json` is what all of them have; the others refer to it by its `$id`.
"""
