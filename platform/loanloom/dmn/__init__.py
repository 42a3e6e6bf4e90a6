"""Decision models of the OMG standard DMN 1.5: their shape, their XML, their evaluation. May import `loanloom.feel` only.

Must not know metadata, the database, or any document of the platform: `loanloom.engines.decisions` brings it together
with them.
"""
