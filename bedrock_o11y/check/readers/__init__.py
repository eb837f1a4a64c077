"""Thin readers: each makes one look at the account and gives plain data. Judging is the rungs' work."""
