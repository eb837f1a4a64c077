"""The OpenTelemetry environment of an agent: what it should be, and what is wrong with the one it has.

The variables are data (:mod:`.variables`, :mod:`.specification`); :mod:`.wanted` composes them for one agent,
:mod:`.judge` judges an environment that was read. Only :mod:`.account` looks at AWS, through the library's readings.
"""
