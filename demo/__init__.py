"""From an empty account to proven log flow, in a sandbox account on this machine: ``make demo``."""
