"""CDK entry: read the configuration, build one stage for each target, check every template before it is deployed."""

import os
import sys
from pathlib import Path

# jsii starts the first `node` on PATH; the one beside this interpreter is the one that was locked.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from bedrock_o11y.config import Configuration, load
from bedrock_o11y.errors import UsageError
from stacks import ObservabilityStage


def build(configuration: Configuration, app: App) -> App:
    """Fill an app with a stage for each target, and attach both nag packs."""
    for target in configuration.targets:
        ObservabilityStage(app, target)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), NIST80053R5Checks(app))
    return app


if __name__ == "__main__":
    try:
        configuration = load()
        for region in configuration.unknown_regions():
            sys.stderr.write(f"warning: the Region {region} is unknown to the installed botocore; perhaps misspelt\n")
        build(configuration, App()).synth()
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
