"""The lending oracle: expected figures of another system, played against our core.

`words` translates terms, `playing` events into commands, `showing` a loan into the tables of the oracle, `comparing`
tells where they differ, `report` runs a folder. Only words are translated here; every rule is the core's.
"""
