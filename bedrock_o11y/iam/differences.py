"""What one side allows and another does not: the question behind ``includes`` and ``excess``.

It is asked of one Allow statement at a time, and in it of one action pattern and one resource pattern, because the
union of the answers is the answer. First of the actions: which actions can the policies tell apart, with one concrete
action for each class. Then, for each of those, in each situation of the conditions, of the resources.

Two searches answer it. The first looks for a proof that nothing escapes: it takes the inner side at its most and the
outer at its least, once for each reading of the colons. What it finds is only a suspicion, until a request confirms it;
if it is not confirmed, the second search takes the inner side at its least and the outer at its most.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from .action_classes import ActionClasses
from .budget import TooManyStatesError
from .decide import Outcome, Request, about, decide
from .document import VERSION_WITH_VARIABLES, Effect
from .effective import ContextFacts, Layer, Level, Openness, clause_of, layer, two_readings
from .patterns import Bound, Reading, has_two_readings, resource
from .question import Question
from .regions import plain
from .request_context import Context, World
from .situations import Situation, situations
from .speaking import speaking
from .unknown_text import UNKNOWN_START, unknown_pieces
from .variables import HoleKind
from .witness import Witness

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .automaton import Word
    from .document import PolicyDocument
    from .effective import Clause
    from .pairs import Pair
    from .situations import Block

TOO_MUCH: Final = "the patterns of these policies are too many to decide this"


@dataclass(frozen=True, slots=True)
class Escape:
    """Whether something of the inner side escapes the outer.

    Attributes:
        found: True and False are proved, None is undecided.
        witness: for True, a request; None when it is so whatever an unknown text is.
        reason: for None, why.
    """

    found: bool | None
    witness: Witness | None = None
    reason: str = ""


NO_ESCAPE: Final = Escape(found=False)


class Difference:
    """An inner and an outer side."""

    def __init__(
        self,
        inner: Sequence[PolicyDocument],
        outer: Sequence[PolicyDocument],
        guards: Sequence[Sequence[PolicyDocument]] = (),
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Takes the sides.

        Args:
            inner: documents of one identity.
            outer: documents of one identity.
            guards: boundaries of the inner side, each of which must allow.
            facts: condition keys whose values are known.
        """
        self.inner = inner
        self.outer = outer
        self.guards = guards
        self._facts = facts or {}
        self._plainest: dict[str, str | tuple[str, ...]] | None = None
        self.classes = ActionClasses(inner, outer, guards)

    def plainest(self) -> dict[str, str | tuple[str, ...]]:
        """The context of a request of which no more is said than the facts say."""
        if self._plainest is None:
            self._plainest = Context(self._facts, World.CLOSED).present()
        return self._plainest

    def blocks(self, pair: Pair, action: str, *, outer: bool) -> Iterator[Block]:
        """The conditions of the statements that matter beside the pair's own.

        Args:
            pair: the pair.
            action: a concrete action, in lower case.
            outer: whether those of the outer side matter.
        """
        begins = pair.begins
        others = [*(one for guard in self.guards for one in guard), *(self.outer if outer else ())]
        for own, documents in ((True, self.inner), (False, others)):
            for document in documents:
                variables = document.version == VERSION_WITH_VARIABLES
                for statement, _ in speaking(document, action, begins):
                    if statement.conditions and not (own and statement.effect is Effect.ALLOW):
                        yield statement.conditions, variables

    def escape(self, pair: Pair, action: str, *, conditions: bool = True) -> Escape:
        """Whether a pair allows something with one action that the outer side does not.

        Args:
            pair: the pair.
            action: a concrete action, in lower case.
            conditions: whether the conditions and the Denies of the outer side count; without them it is asked only
                whether its Allows speak of the resource.
        """
        if conditions and self._plainly_inside(pair, action):
            return NO_ESCAPE
        undecided: Escape | None = None
        for situation in situations(self.blocks(pair, action, outer=conditions), pair.block, self._facts):
            found = self._in_situation(pair, action, situation, conditions=conditions)
            if found.found:
                return found
            if found.found is None:
                undecided = undecided or found
        return undecided or NO_ESCAPE

    def _plainly_inside(self, pair: Pair, action: str) -> bool:
        """Whether one look shows that the outer side allows all of a pair, whatever other conditions than its own."""
        if pair.statement.not_resources:
            return False
        held = {(condition, pair.variables): True for condition in pair.statement.conditions}
        open_facts = Situation(None, Context(self._facts, World.OPEN), held)
        outer = layer("", self.outer, action, open_facts, begins=pair.begins)
        text = pair.resources[0]
        for reading in Reading if has_two_readings(text) or two_readings([outer]) else (Reading.FIELDS,):
            within = resource(text, reading, Bound.LOWER, variables=pair.variables)
            if plain(outer, within, Level.CERTAIN, reading) is not True:
                return False
        return True

    def whatever_the_resource(self, pair: Pair, action: str) -> bool:
        """Whether a pair certainly allows an action on the resource it names, whatever an unknown text in that is."""
        if pair.statement.effect is not Effect.ALLOW or any(UNKNOWN_START in text for text in pair.actions):
            return False
        for situation in situations(self.blocks(pair, action, outer=False), pair.block, self._facts):
            if situation.request is None or situation.judge(*pair.block) is not True:
                continue
            sides = [layer("", self.inner, action, situation)]
            if not sides[0].denies and not self.guards:
                return True
        return False

    def _in_situation(self, pair: Pair, action: str, situation: Situation, *, conditions: bool) -> Escape:
        own = clause_of(pair.document, pair.statement, situation, variables=pair.variables, certain=True)
        if own is None:
            return NO_ESCAPE
        own = replace(own, texts=pair.resources)
        begins = pair.begins
        denies = layer("", self.inner, action, situation, begins=begins).denies
        guards = [layer("", guard, action, situation, begins=begins) for guard in self.guards]
        if conditions:
            outer = layer("", self.outer, action, situation, begins=begins)
        else:
            outer = Layer("", layer("", self.outer, action, _EVERYTHING_HOLDS, begins=begins).allows, ())
        question = Question(pair, action, own, denies, guards, outer)
        try:
            suspects = list(question.suspects())
            if not suspects:
                return NO_ESCAPE
            for word in (*question.plainer(), *suspects, *question.certain()):
                witness = self._confirmed(pair, action, situation, word, conditions=conditions)
                if witness is not None:
                    return Escape(True, witness)
        except TooManyStatesError:
            return Escape(None, reason=TOO_MUCH)
        return Escape(None, reason=self._why(pair, denies, guards, outer, situation))

    def _confirmed(
        self, pair: Pair, action: str, situation: Situation, word: Word, *, conditions: bool
    ) -> Witness | None:
        """The word as a request, if the inner side certainly allows it and the outer certainly does not."""
        if situation.request is None:
            return None
        present = situation.request.present()
        text = ""
        for symbol in word:
            if isinstance(symbol, str):
                text += symbol
                continue
            if symbol.kind is HoleKind.UNKNOWN:
                return None
            known = situation.request.get(symbol.name)
            value = known[0] if isinstance(known, tuple) and len(known) == 1 else "x"
            present[symbol.name] = value
            text += value
        text = text or "*"  # the empty word is the request without resource
        spelled = pair.spelled(action)
        request = Request("", spelled, text, present)
        bounds_of_inner = [list(guard) for guard in self.guards]
        if decide(request, identity=self.inner, limits=bounds_of_inner).value is not Outcome.ALLOWED:  # type: ignore[arg-type]
            return None
        facts = ContextFacts(Context(present, World.CLOSED)) if conditions else _EVERYTHING_HOLDS
        outer = layer("", self.outer, action, facts)
        if not conditions:
            outer = Layer("", outer.allows, ())
        if outer.allowed(lambda clause, most: about(clause, text, most=most), Level.POSSIBLE):
            return None
        return Witness(spelled, text, present)

    def _why(
        self, pair: Pair, denies: Sequence[Clause], guards: Sequence[Layer], outer: Layer, situation: Situation
    ) -> str:
        """Why it is undecided, as far as one can tell."""
        clauses = [*denies, *outer.allows, *outer.denies, *(c for g in guards for c in (*g.allows, *g.denies))]
        for document in (*self.inner, *self.outer, *(one for guard in self.guards for one in guard)):
            if document.unknown:
                return document.unknown
        texts = [*pair.actions, *pair.resources, *(text for clause in clauses for text in clause.texts)]
        pieces = unknown_pieces("".join(texts))
        if pieces:
            return f"it rests on {', '.join(pieces)}, which is not known"
        if situation.request is None:
            return "it rests on conditions whose contexts cannot all be listed"
        if pair.variables and any("${" in text for text in texts):
            return "it rests on the values of policy variables"
        if pair.statement.effect is Effect.UNKNOWN or any(clause.open is not Openness.NOT for clause in clauses):
            return "it rests on a statement that is not known"
        return "AWS's pages disagree whether a star in the first five fields of an ARN matches a colon"


class _EverythingHolds:
    """Takes every condition to hold."""

    context = None

    def judge(self, _conditions: object, _variables: bool, /) -> bool:
        """They hold."""
        return True

    def why_open(self, _conditions: object, _variables: bool, /) -> Openness:
        """They are not open."""
        return Openness.NOT


_EVERYTHING_HOLDS: Final = _EverythingHolds()
