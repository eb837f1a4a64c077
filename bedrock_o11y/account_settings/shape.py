"""Comparing a value with the shape that the installed botocore knows, before any call is made."""

from __future__ import annotations

from typing import Any

from .setting import InvalidValueError


def input_shape(client: Any, operation: str) -> Any:
    """What botocore knows of the arguments of an operation, such as `UpdateIndexingRule`."""
    return client.meta.service_model.operation_model(operation).input_shape


def validate(shape: Any, arguments: dict[str, Any], title: str) -> None:
    """Compare the arguments of an operation with its shape.

    Args:
        shape: of its input.
        arguments: of the operation.
        title: of the setting, for the message.

    Raises:
        InvalidValueError: a member is unknown, missing or of the wrong type; the message names it.
    """
    # Imported here: reading a record must not cost the 0.2 s that botocore takes.
    from botocore.exceptions import ParamValidationError
    from botocore.validate import validate_parameters

    try:
        validate_parameters(arguments, shape)
    except ParamValidationError as error:
        from botocore import __version__ as version

        problem = " ".join(str(error).split())
        raise InvalidValueError(
            f"The value for {title} does not fit the API as this botocore ({version}) knows it: {problem}"
        ) from None
