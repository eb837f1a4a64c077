"""The rules of the audit, one per file."""
