"""One resource policy of CloudWatch Logs for all log groups of a stack into which X-Ray writes spans."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct

from bedrock_o11y.blueprint import agent_elsewhere as blueprint
from bedrock_o11y.blueprint import names

from .statements import values_of

_ID = "BedrockO11ySpansOfAgents"


class SpansIntoLogGroups(Construct):
    """Lets X-Ray write spans into log groups that this app did not make, and whose own policy it leaves alone.

    An account has room for ten resource policies of CloudWatch Logs in each Region, so a stack makes one for all.

    Attributes:
        policy: the resource policy.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        """Create the policy; :meth:`of` gives the one of a stack, and :meth:`let_into` fills it.

        Args:
            scope: parent of the construct.
            id: id of the construct.
        """
        super().__init__(scope, id)
        self._resources: list[str] = []
        name = names.spans_policy_name(Stack.of(self).stack_name)
        self.policy = logs.CfnResourcePolicy(self, "Policy", policy_name=name, policy_document="")

    @classmethod
    def of(cls, scope: IConstruct) -> SpansIntoLogGroups:
        """The one of a stack, created when it is asked for first.

        Args:
            scope: a construct of the stack.
        """
        stack = Stack.of(scope)
        found = stack.node.try_find_child(_ID)
        return found if isinstance(found, cls) else cls(stack, _ID)

    def let_into(self, log_group_name: str) -> None:
        """Let X-Ray into one more log group.

        Args:
            log_group_name: its name.
        """
        values = values_of(self, LogGroupName=log_group_name)
        statement = blueprint.LET_SPANS_INTO_OWN_GROUP.statement(values)
        self._resources += statement["Resource"]
        document = {"Version": "2012-10-17", "Statement": [{**statement, "Resource": self._resources}]}
        self.policy.policy_document = Stack.of(self).to_json_string(document)
