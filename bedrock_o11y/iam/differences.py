"""What one side allows and another does not: the question behind ``includes`` and ``excess``.

It is asked of one Allow statement at a time, and in it of one action pattern and one resource pattern, because the
union of the answers is the answer. First of the actions: which actions can the policies tell apart, with one concrete
action for each class. Then, for each of those, in each situation of the conditions, of the resources.

Two searches answer it. The first looks for a proof that nothing escapes: it takes the inner side at its most and the
outer at its least, once for each reading of the colons. What it finds is only a suspicion, until a request confirms it;
if it is not confirmed, the second search takes the inner side at its least and the outer at its most.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from .automaton import Automaton, TooManyStatesError
from .decide import Outcome, Request, about, decide
from .document import VERSION_WITH_VARIABLES, Effect, PolicyDocument, Statement
from .effective import Clause, ContextFacts, Layer, Level, Openness, bounds, clause_of, layer, speaking, two_readings
from .patterns import A_RESOURCE, AN_ACTION, NO_RESOURCE, Bound, Reading, has_two_readings, plainer, resource
from .regions import formula, plain
from .request_context import Context, World
from .situations import Situation, situations
from .unknown_text import UNKNOWN_START, unknown_pieces
from .variables import HoleKind
from .witness import Witness

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .automaton import Word
    from .patterns import Pattern
    from .situations import Block
    from .variables import Hole

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


@dataclass(frozen=True, slots=True)
class Pair:
    """One action pattern and one resource pattern of an Allow statement.

    Attributes:
        document: where it stands.
        statement: the statement.
        actions: its action pattern, or all that NotAction leaves out.
        resources: its resource pattern, or all that NotResource leaves out.
    """

    document: PolicyDocument
    statement: Statement
    actions: tuple[str, ...]
    resources: tuple[str, ...]

    @property
    def variables(self) -> bool:
        """Whether its document has variables."""
        return self.document.version == VERSION_WITH_VARIABLES

    @property
    def block(self) -> Block:
        """Its conditions."""
        return self.statement.conditions, self.variables


def pairs(sources: Iterable[PolicyDocument]) -> Iterator[Pair]:
    """Every pair of what documents allow, or may allow, in order; a policy that is not known may allow anything."""
    for document in sources:
        if document.unknown:
            anything = Statement(0, "the whole policy", Effect.UNKNOWN, ("*",), ("*",))
            yield Pair(document, anything, ("*",), ("*",))
        for statement in document.statements:
            if statement.effect is Effect.DENY:
                continue
            resources = statement.resources
            if statement.principals is not None and not resources and not statement.not_resources:
                resources = ("*",)
            for actions in [statement.actions] if statement.not_actions else [(one,) for one in statement.actions]:
                for texts in [resources] if statement.not_resources else [(one,) for one in resources]:
                    yield Pair(document, statement, actions, texts)


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
        self._guards = guards
        self._facts = facts or {}
        self._told = _Told(inner, outer, guards)

    def actions(self, pair: Pair) -> Iterator[str]:
        """One concrete action of each class of a pair's actions that the policies tell apart, in lower case.

        Raises:
            TooManyStatesError: there are too many to list.
        """
        if not pair.statement.not_actions:
            text = pair.actions[0]
            if not ("*" in text or "?" in text or UNKNOWN_START in text):
                yield text.lower()
                return
        own = [bounds(text)[0 if pair.statement.not_actions else 1] for text in pair.actions]
        automaton = Automaton("" if pair.statement.not_actions else own[0].prefix)
        well_formed = automaton.add(AN_ACTION)
        mask = 0
        for pattern in own:
            mask |= automaton.add(pattern)
        for pattern in self._told.meeting("" if pair.statement.not_actions else own[0].prefix):
            automaton.add(pattern)
        negated = pair.statement.not_actions

        def goal(matching: int, unmatching: int, /) -> bool:
            return not unmatching & mask if negated else bool(matching & mask)

        def well_formed_goal(matching: int, unmatching: int, /) -> bool:
            return bool(matching & well_formed) and goal(matching, unmatching)

        nothing = True
        required = well_formed if negated else mask
        for word, _ in automaton.words(well_formed_goal, required=required, distinct=True):
            nothing = False
            yield "".join(map(str, word))
        if nothing:
            # A pattern of no action that there can be: then of the texts that it does match.
            for word, _ in automaton.words(goal, required=0 if negated else mask, distinct=True):
                yield "".join(map(str, word))

    def blocks(self, pair: Pair, action: str, *, outer: bool) -> Iterator[Block]:
        """The conditions of the statements that matter beside the pair's own.

        Args:
            pair: the pair.
            action: a concrete action, in lower case.
            outer: whether those of the outer side matter.
        """
        begins = _begins(pair)
        sides = [*self.inner, *(one for guard in self._guards for one in guard), *(self.outer if outer else ())]
        own = {id(document) for document in self.inner}
        for document in sides:
            variables = document.version == VERSION_WITH_VARIABLES
            for statement, _ in speaking(document, action, begins):
                if statement.conditions and not (id(document) in own and statement.effect is Effect.ALLOW):
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
        """Whether one look shows that the outer side allows all of a pair, whatever the conditions."""
        if pair.statement.not_resources:
            return False
        open_facts = Situation(None, Context(self._facts, World.OPEN))
        outer = layer("", self.outer, action, open_facts, begins=_begins(pair))
        text = pair.resources[0]
        for reading in Reading if has_two_readings(text) or two_readings([outer]) else (Reading.FIELDS,):
            within = resource(text, reading, Bound.LOWER, variables=pair.variables)
            if within.rows.holes or plain(outer, within, Level.CERTAIN, reading) is not True:
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
            if not sides[0].denies and not self._guards:
                return True
        return False

    def _in_situation(self, pair: Pair, action: str, situation: Situation, *, conditions: bool) -> Escape:
        own = clause_of(pair.document, pair.statement, situation, variables=pair.variables, certain=True)
        if own is None:
            return NO_ESCAPE
        own = replace(own, texts=pair.resources)
        begins = _begins(pair)
        denies = layer("", self.inner, action, situation, begins=begins).denies
        guards = [layer("", guard, action, situation, begins=begins) for guard in self._guards]
        if conditions:
            outer = layer("", self.outer, action, situation, begins=begins)
        else:
            outer = Layer("", layer("", self.outer, action, _EVERYTHING_HOLDS, begins=begins).allows, ())
        question = _Question(pair, action, own, denies, guards, outer)
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
        spelled = _spelled(pair, action)
        request = Request("", spelled, text, present)
        bounds_of_inner = [list(guard) for guard in self._guards]
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
        for document in (*self.inner, *self.outer, *(one for guard in self._guards for one in guard)):
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


class _Told:
    """The action patterns by which two sides tell actions apart, to be found by how they begin."""

    def __init__(
        self,
        inner: Sequence[PolicyDocument],
        outer: Sequence[PolicyDocument],
        guards: Sequence[Sequence[PolicyDocument]],
    ) -> None:
        found: dict[str, None] = {}
        for document in (*inner, *outer, *(one for guard in guards for one in guard)):
            own = any(document is one for one in inner)
            for statement in document.statements:
                if not own or statement.effect is not Effect.ALLOW:
                    found.update(dict.fromkeys(text.lower() for text in statement.actions))
        self._texts = list(found)
        self._by_prefix: dict[str, list[Pattern]] | None = None
        self._prefixes: list[str] = []

    def meeting(self, prefix: str) -> Iterator[Pattern]:
        """The patterns that may match an action that begins so."""
        if self._by_prefix is None:
            self._by_prefix = {}
            for text in self._texts:
                for pattern in dict.fromkeys(bounds(text)):
                    self._by_prefix.setdefault(pattern.prefix, []).append(pattern)
            self._prefixes = sorted(self._by_prefix)
        for length in range(len(prefix)):
            yield from self._by_prefix.get(prefix[:length], ())
        for i in range(bisect_left(self._prefixes, prefix), len(self._prefixes)):
            if not self._prefixes[i].startswith(prefix):
                break
            yield from self._by_prefix[self._prefixes[i]]


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


class _Question:
    """One pair with one action in one situation, over all resources."""

    def __init__(
        self,
        pair: Pair,
        action: str,
        own: Clause,
        denies: Sequence[Clause],
        guards: Sequence[Layer],
        outer: Layer,
    ) -> None:
        self._pair = pair
        self._service = action.partition(":")[0]
        self._own = Layer("", (replace(own, open=Openness.NOT),), tuple(denies))
        self._own_open = own.open is not Openness.NOT
        self._guards = guards
        self._outer = outer
        layers = [self._own, outer, *guards]
        self._readings = (Reading.FIELDS, Reading.WHOLE) if two_readings(layers) else (Reading.FIELDS,)

    def suspects(self) -> Iterator[Word]:
        """A word for each reading in which something may escape; none when it is proved that nothing does.

        Raises:
            TooManyStatesError: undecided.
        """
        for reading in self._readings:
            for within in self._within(reading):
                word = self._search(within, reading, reading, proof=True)
                if word is not None:
                    yield word
                    break

    def plainer(self) -> Iterator[Word]:
        """Words that may escape, and that are easier to read than the shortest."""
        text = "*" if self._pair.statement.not_resources else self._pair.resources[0]
        for within in plainer(text, self._service):
            try:
                word = self._search(within, Reading.FIELDS, Reading.FIELDS, proof=True)
            except TooManyStatesError:
                return
            if word is not None:
                yield word

    def certain(self) -> Iterator[Word]:
        """Words that escape whatever is open.

        Raises:
            TooManyStatesError: undecided.
        """
        if self._own_open:
            return
        for within in self._within(Reading.FIELDS):
            if within.rows.holes:
                continue
            word = self._search(within, Reading.FIELDS, self._readings[-1], proof=False)
            if word is not None:
                yield word

    def _within(self, reading: Reading) -> tuple[Pattern, ...]:
        """The words of the pair: what its pattern matches; of a pattern without end, every ARN and no resource."""
        if not self._pair.statement.not_resources:
            pattern = resource(self._pair.resources[0], reading, Bound.LOWER, variables=self._pair.variables)
            if not pattern.everything:
                return (pattern,)
        return (A_RESOURCE, NO_RESOURCE)

    def _search(self, within: Pattern, inner: Reading, outer: Reading, *, proof: bool) -> Word | None:
        own_level = Level.POSSIBLE if proof else Level.CERTAIN
        outer_level = Level.CERTAIN if proof else Level.POSSIBLE
        holes: tuple[Hole, ...] = tuple(within.rows.holes)
        negated = self._pair.statement.not_resources
        # What the pair allows is what the words are, unless it is told by what it leaves out.
        own = self._own if negated else Layer("", _ALL, self._own.denies)
        allowing = []
        for each in (own, *self._guards):
            known = plain(each, within, own_level, inner)
            if known is False:
                return None
            if known is None:
                allowing.append(each)
        refused = plain(self._outer, within, outer_level, outer)
        if refused:
            return None
        automaton = Automaton(within.prefix)
        mask = automaton.add(within)
        inner_formulas = [formula(automaton, each, own_level, inner, within, holes=bool(holes)) for each in allowing]
        outer_formula = (
            formula(automaton, self._outer, outer_level, outer, within, holes=bool(holes)) if refused is None else None
        )

        def goal(matching: int, unmatching: int, /) -> bool:
            return (
                bool(matching & mask)
                and (outer_formula is None or outer_formula.refused(matching, unmatching))
                and all(one.allowed(matching, unmatching) for one in inner_formulas)
            )

        return automaton.search(goal, required=mask, symbols=holes)


_ALL: Final = (
    Clause(PolicyDocument(VERSION_WITH_VARIABLES, ()), None, ("*",), negated=False, variables=False, open=Openness.NOT),
)


def _begins(pair: Pair) -> str:
    """How the resources of a pair begin."""
    if pair.statement.not_resources:
        return ""
    pattern = resource(pair.resources[0], Reading.WHOLE, Bound.LOWER, variables=pair.variables)
    return pattern.prefix


def _spelled(pair: Pair, action: str) -> str:
    """An action as the pair spells it, if it is one action."""
    if not pair.statement.not_actions and pair.actions[0].lower() == action:
        return pair.actions[0]
    return action
