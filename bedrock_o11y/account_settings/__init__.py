"""Settings that exist once per account and Region, and the Lambda function that sets them and takes nobody's away.

This folder is the whole asset of that function: standard library and boto3 only, relative imports, and it works without
the package above it. Start reading at `reconcile`, which decides everything and touches nothing.
"""
