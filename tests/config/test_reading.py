# ruff: noqa: E501 (a table of cases reads better than a pile of them)
"""The configuration file: defaults, merging, and one line for each thing that is wrong."""

from __future__ import annotations

import pytest

from bedrock_o11y.config import load, parse
from bedrock_o11y.errors import ExitCode, UsageError


def test_without_a_file_there_is_one_target_with_defaults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BEDROCK_O11Y_CONFIG", raising=False)
    (target,) = load().targets
    assert (target.account, target.region) == (None, None)
    assert target.settings.invocation_logging.existing == "refuse"
    assert target.settings.invocation_logging.log_group.name == "/aws/bedrock/model-invocations"


def test_a_variable_names_another_file(tmp_path, monkeypatch):
    (tmp_path / "other.yaml").write_text("tags: {a: b}")
    monkeypatch.setenv("BEDROCK_O11Y_CONFIG", str(tmp_path / "other.yaml"))
    assert load().targets[0].settings.tags == {"a": "b"}
    monkeypatch.setenv("BEDROCK_O11Y_CONFIG", str(tmp_path / "missing.yaml"))
    with pytest.raises(UsageError, match=r"missing\.yaml: cannot be read"):
        load()


def test_an_empty_file_means_the_defaults():
    assert parse("") == parse("# nothing\n")


def test_a_target_overrides_what_stands_at_the_top():
    configuration = parse(
        """
tags: {team: platform, env: all}
invocation_logging: {s3: true, log_group: {retention_days: 30}}
targets:
  - {name: Test, account: "123456789012", region: us-east-1}
  - name: Production
    settings: {tags: {env: production}, invocation_logging: {log_group: {retention_days: 731}}}
"""
    )
    test, production = configuration.targets
    assert test.settings.tags == {"team": "platform", "env": "all"}
    assert test.settings.invocation_logging.log_group.retention_days == 30
    assert production.settings.tags == {"team": "platform", "env": "production"}
    assert production.settings.invocation_logging.log_group.retention_days == 731
    assert production.settings.invocation_logging.s3


def test_the_target_of_an_account_is_found():
    configuration = parse(
        "targets: [{name: A, account: '111111111111', region: us-east-1}, {name: B, region: eu-west-1}, {name: C}]"
    )
    assert configuration.target_for("111111111111", "us-east-1").name == "A"
    assert configuration.target_for("222222222222", "eu-west-1").name == "B"
    assert configuration.target_for("222222222222", "us-east-1").name == "C"
    assert parse("targets: [{name: A, region: us-east-1}]").target_for("111111111111", "eu-west-1") is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("retention: 3", "f.yaml: retention: unknown key; see the configuration reference in README.md"),
        ("invocation_logging: {log_group: {retentionDays: 3}}", "f.yaml: invocation_logging.log_group.retentionDays: unknown key"),
        ("tags: {a: 1}", "f.yaml: tags.a: 1 is not allowed; expected text; write it in quotes"),
        ("termination_protection: 'yes'", "f.yaml: termination_protection: 'yes' is not allowed; expected true or false"),
        ("tags: [a]", "f.yaml: tags: ['a'] is not allowed; expected a mapping"),
        ("invocation_logging: {log_group: {retention_days: 42}}", "f.yaml: invocation_logging.log_group.retention_days: 42 is not allowed; expected one of 1, 3, 5, 7, 14, 30,"),
        ("invocation_logging: {existing: overwrite}", "f.yaml: invocation_logging.existing: 'overwrite' is not allowed; expected one of 'refuse', 'adopt', 'merge' or 'replace'"),
        ("invocation_logging: {cloudwatch: false}", "f.yaml: invocation_logging: expected cloudwatch or s3 to be true: records must go somewhere"),
        ("invocation_logging: {s3: true, payloads: {enabled: false}}", "f.yaml: invocation_logging: expected payloads.enabled to be true when s3 is true"),
        ("invocation_logging: {payloads: {bucket: Capital}}", "f.yaml: invocation_logging.payloads.bucket: 'Capital' is not allowed; expected the name of a bucket"),
        ("invocation_logging: {payloads: {prefix: a/}}", "f.yaml: invocation_logging.payloads.prefix: 'a/' is not allowed; expected a key prefix without slash"),
        ("encryption: {key_arn: alias/x}", "f.yaml: encryption.key_arn: 'alias/x' is not allowed; expected the ARN of a key"),
        ("role_path: observability", "f.yaml: role_path: 'observability' is not allowed; expected a path that begins and ends with a slash"),
        ("permissions_boundary: 'a b'", "f.yaml: permissions_boundary: 'a b' is not allowed; expected the name or the ARN"),
        ("network: {vpc_id: vpc-0123abcd}", "f.yaml: network.subnet_ids: missing; it is required"),
        ("targets: 3", "f.yaml: targets: 3 is not allowed; expected a list of at least one target"),
        ("targets: []", "f.yaml: targets: [] is not allowed; expected a list of at least one target"),
        ("targets: [A]", "f.yaml: targets[0]: 'A' is not allowed; expected a mapping"),
        ("targets: [{region: us_east_1}]", "f.yaml: targets[0].region: 'us_east_1' is not allowed; expected a Region such as us-east-1"),
        ("targets: [{account: 123456789012}]", "f.yaml: targets[0].account: 123456789012 is not allowed; expected text; write it in quotes"),
        ("targets: [{account: '12'}]", "f.yaml: targets[0].account: '12' is not allowed; expected twelve digits in quotes"),
        ("targets: [{name: A}, {name: a}]", "f.yaml: targets[1].name: 'a' stands twice; expected another name"),
        ("targets: [{name: A, settings: {foo: 1}}]", "f.yaml: targets[0].settings.foo: unknown key"),
        ("targets: [{name: A, settings: 7}]", "f.yaml: targets[0].settings: 7 is not allowed; expected a mapping"),
        ("invocation_logging:", "f.yaml: invocation_logging: null is not allowed; expected a mapping"),
        ("- a", "f.yaml: the file is ['a']; expected a mapping of settings"),
        ("tags: {}\ntags: {}", "f.yaml:2: not YAML: the key tags stands twice"),
        ("tags: [", "f.yaml:1: not YAML: "),
        ("tags: !!python/object:os.system {}", "f.yaml:1: not YAML: could not determine a constructor"),
    ],
)  # fmt: skip
def test_a_bad_value_is_refused_with_path_value_and_expectation(text, line):
    with pytest.raises(UsageError) as refusal:
        parse(text, "f.yaml")
    assert str(refusal.value).startswith(line)
    assert refusal.value.exit_code is ExitCode.USAGE


def test_every_problem_has_its_own_line():
    with pytest.raises(UsageError) as refusal:
        parse("a: 1\nb: 2\ntargets: [{name: A, region: x}]", "f.yaml")
    assert len(str(refusal.value).splitlines()) == 3


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(UsageError, match=r"missing\.yaml: cannot be read: No such file or directory"):
        load(tmp_path / "missing.yaml")


def test_a_file_that_is_not_text_is_one_line(tmp_path):
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="it is not UTF-8 text"):
        load(tmp_path / "binary.yaml")


def test_a_region_that_botocore_does_not_know_is_a_warning_and_no_error():
    assert parse("targets: [{region: us-mars-1}]").unknown_regions() == ("us-mars-1",)
    assert parse("targets: [{region: eu-west-1}]").unknown_regions() == ()
