"""Roles against rules, and findings turned into patches."""
