"""Generated dumps of an account's roles and policies, as `aws iam get-account-authorization-details` prints them."""

from .account import write_dump

__all__ = ["write_dump"]
