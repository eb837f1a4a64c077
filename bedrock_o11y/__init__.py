"""Observability for Amazon Bedrock and Bedrock AgentCore: deployed with the CDK, and proved.

This package is the library and the command line. It never imports the CDK; the constructs are in
``bedrock_o11y_constructs``.
"""
