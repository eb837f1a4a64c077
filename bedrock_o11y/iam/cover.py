"""Does a role have everything that a need asks for?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .budget import TooManyStatesError, one_question
from .conditions import open_conditions
from .coverage import Coverage, Need, Verdict
from .document import VERSION_WITH_VARIABLES
from .effective import Clause, ContextFacts, Layer, Level, Openness, documents, layer, reference, two_readings
from .patterns import NO_RESOURCE, Bound, Reading, resource, single
from .plainly import grants, silent
from .regions import Region, place
from .request_context import Context, World
from .unknown_text import UNKNOWN_START, readable_need, unknown_pieces
from .witness import Witness
from .witness_patterns import plainer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .automaton import Word
    from .document import Condition, PolicyDocument
    from .pattern import Pattern
    from .witness import StatementReference


def cover(
    need: Need,
    *,
    identity: Sequence[PolicyDocument | Mapping[str, Any] | str],
    boundary: PolicyDocument | Mapping[str, Any] | str | None = None,
    limits: Sequence[PolicyDocument | Mapping[str, Any] | str] = (),
    facts: Mapping[str, Any] | Context | None = None,
) -> Coverage:
    """How far a need is granted.

    Args:
        need: what must be possible.
        identity: the policies of the role.
        boundary: its permissions boundary; it never grants.
        limits: SCPs or session policies, each of which must allow.
        facts: condition keys and their value or values (None: known to be absent); a key that neither this nor the
            need's context lists is unknown. Keys are compared without regard to case. Who asks for many needs of one
            role saves time with a ``Context`` of an open world.

    Raises:
        PolicyError: a document cannot be read.
    """
    named = [("", documents(identity))]
    if boundary is not None:
        named.append((BOUNDARY, documents(boundary)))
    for limit in limits:
        sources = documents(limit)
        named.append((next((one.name for one in sources if one.name), "a limit"), sources))
    plain = _plainly(need, [sources for _, sources in named])
    if plain is not None:
        return plain
    context = _context(facts, need.context)
    begins = _words(need.resource).prefix
    layers = [
        layer(name, sources, need.action.lower(), ContextFacts(context), begins=begins) for name, sources in named
    ]
    with one_question():
        first = _Question(need, context, layers, Reading.FIELDS).answer()
        if not two_readings(layers):
            return first
        other = _Question(need, context, layers, Reading.WHOLE).answer()
    return max(first, other, key=lambda one: _WEAKER[one.verdict])


BOUNDARY: Final = "the permissions boundary"
_WEAKER: Final = {
    verdict: rank
    for rank, verdict in enumerate(
        (
            *(Verdict.GRANTED, Verdict.CONDITIONAL, Verdict.UNKNOWN, Verdict.PARTIAL),
            *(Verdict.DENIED, Verdict.BLOCKED_BY_BOUNDARY, Verdict.MISSING),
        )
    )
}
"""Of two readings of the same policies the weaker answer counts."""


def _plainly(need: Need, layers: Sequence[Sequence[PolicyDocument]]) -> Coverage | None:
    """The answer that one look proves; None says nothing."""
    action = need.action.lower()
    if silent(layers[0], action):
        return Coverage(Verdict.MISSING)
    reference_of: StatementReference | None = None
    for number, sources in enumerate(layers):
        found = grants(sources, action, need.resource, lambda: _words(need.resource))
        if found is None:
            return None
        if number == 0:
            document = next(one for one in sources if any(found is each for each in one.statements))
            reference_of = reference(document, found)
    return Coverage(Verdict.GRANTED, statement=reference_of)


def _context(facts: Mapping[str, Any] | Context | None, own: Mapping[str, Any]) -> Context:
    """What is known of the keys; the need knows better."""
    known = facts if isinstance(facts, Context) else Context(facts or {}, World.OPEN)
    return known.extended(own) if own else known


class _Question:
    """One need in one reading of the colons."""

    def __init__(self, need: Need, context: Context, layers: Sequence[Layer], reading: Reading) -> None:
        self._need = need
        self._context = context
        self._layers = layers
        self._identity = layers[0]
        self._reading = reading
        self._within = _words(need.resource)
        self._region = Region(self._within, reading, tuple(self._within.rows.holes))

    def answer(self) -> Coverage:
        """The coverage."""
        try:
            return self._answer()
        except TooManyStatesError:
            return Coverage(Verdict.UNKNOWN, reason="the patterns of these policies are too many to decide this")

    def _answer(self) -> Coverage:
        refused = self._region.refused(self._layers, Level.CERTAIN)
        if refused is None:
            return Coverage(Verdict.GRANTED, statement=self._granting())
        if UNKNOWN_START in self._need.resource:
            return Coverage(Verdict.UNKNOWN, reason=f"{readable_need(self._need.resource)} is not known")
        met = self._region.allowed(self._layers, Level.POSSIBLE)
        if met is not None:
            return self._in_part(refused, met)
        if self._region.allowed([self._identity], Level.POSSIBLE) is not None:
            return self._blocked()
        undenied = Layer("", self._identity.allows, ())
        met = self._region.allowed([undenied], Level.POSSIBLE)
        if met is None:
            return Coverage(Verdict.MISSING)
        denial = self._denial([self._identity], _concrete(met), Level.POSSIBLE)
        return Coverage(Verdict.DENIED, self._witness(met), denial.reference if denial else None)

    def _in_part(self, refused: Word, met: Word) -> Coverage:
        """Some of it may be allowed, and some is not for certain."""
        never = self._region.refused(self._layers, Level.POSSIBLE)
        if never is not None:
            never = self._plainer() or never
            denial = self._denial(self._layers, _concrete(never), Level.POSSIBLE)
            statement = denial.reference if denial else None
            return Coverage(Verdict.PARTIAL, self._witness(never), statement, allowed=self._witness(met))
        refused_text = self._region.refused(self._layers, Level.CONDITIONS)
        if refused_text is None:
            return self._conditional(_concrete(refused))
        return Coverage(Verdict.UNKNOWN, self._witness(refused_text), reason=self._unknown(_concrete(refused_text)))

    def _plainer(self) -> Word | None:
        """A resource that is never allowed and is easier to read than the shortest."""
        for within in plainer(self._need.resource, self._need.action.partition(":")[0].lower()):
            try:
                word = Region(within, self._reading).refused(self._layers, Level.POSSIBLE)
            except TooManyStatesError:
                return None
            if word is not None:
                return word
        return None

    def _granting(self) -> StatementReference | None:
        """An Allow that grants all of it, or else one that grants some of it."""
        clauses = list(self._identity.counting_allows(Level.CERTAIN))
        for clause in clauses:
            if place(clause, self._within, self._reading, most=False):
                return clause.reference
        for clause in clauses:
            alone = Layer("", (clause,), ())
            if self._region.allowed([alone], Level.CERTAIN) is not None:
                return clause.reference
        return None

    def _conditional(self, one: Pattern) -> Coverage:
        """Everything is allowed if conditions hold: which ones, at a resource where it is open."""
        clauses: list[Clause] = []
        for each in self._layers:
            allows = [c for c in each.counting_allows(Level.CONDITIONS) if place(c, one, self._reading, most=False)]
            if all(clause.open for clause in allows):
                clauses += allows[:1]
            clauses += [
                clause
                for clause in each.denies
                if clause.open is Openness.CONDITION and place(clause, one, self._reading, most=True)
            ]
        conditions: list[Condition] = []
        for clause in clauses:
            if clause.statement is not None:
                variables = clause.document.version == VERSION_WITH_VARIABLES
                found = open_conditions(clause.statement.conditions, self._context, variables=variables)
                conditions += [condition for condition in found if condition not in conditions]
        named = clauses[0].reference if clauses else None
        return Coverage(Verdict.CONDITIONAL, self._witness(one.exact), named, tuple(conditions))

    def _unknown(self, one: Pattern) -> str:
        """What is not known, at a resource where it matters."""
        for each in self._layers:
            for clause in (*each.allows, *each.denies):
                text = self._open_text(clause, one)
                if text:
                    return text
        return "what the policies allow rests on a text that is not known"

    def _open_text(self, clause: Clause, one: Pattern) -> str:
        most = place(clause, one, self._reading, most=True)
        if not most or (clause.open is not Openness.TEXT and place(clause, one, self._reading, most=False)):
            return ""
        if clause.statement is None:
            return clause.document.unknown
        if clause.open is not Openness.TEXT and most == place(clause, one, self._reading, most=False):
            return ""
        pieces = unknown_pieces("".join(_all_texts(clause)))
        what = ", ".join(pieces) or "its text"
        return f"{clause.reference} rests on {what}, which is not known"

    def _blocked(self) -> Coverage:
        """Which layer takes away what the identity allows; they may do it only together."""
        allowing = [self._identity]
        for guard in self._layers[1:]:
            allowing.append(guard)
            if self._region.allowed(allowing, Level.POSSIBLE) is None:
                before = self._region.allowed(allowing[:-1], Level.POSSIBLE)
                witness = _concrete(before) if before is not None else self._within
                denial = self._denial([guard], witness, Level.POSSIBLE)
                return Coverage(
                    Verdict.BLOCKED_BY_BOUNDARY,
                    self._witness(before),
                    denial.reference if denial else None,
                    reason=guard.name,
                )
        raise AssertionError("the layers together allow nothing, so one of them is the last straw")

    def _denial(self, layers: Iterable[Layer], one: Pattern, level: Level) -> Clause | None:
        """A Deny that is about one resource."""
        for each in layers:
            for clause in each.counting_denies(level):
                if place(clause, one, self._reading, most=level is not Level.POSSIBLE):
                    return clause
        return None

    def _witness(self, word: Word | str | None) -> Witness | None:
        if word is None:
            return None
        text = "".join(map(str, word)) if self._within is not NO_RESOURCE else "*"
        return Witness(self._need.action, text, self._context.present())


def _words(text: str) -> Pattern:
    """The resources of a need: well-formed ARNs."""
    if text == "*":
        return NO_RESOURCE
    return resource(text, Reading.FIELDS, Bound.LOWER, variables=False)


def _concrete(word: Word) -> Pattern:
    """One word as a pattern of its own."""
    text = "".join(map(str, word))
    return single(text)


def _all_texts(clause: Clause) -> Iterable[str]:
    """Every text of a clause in which an unknown piece may stand."""
    yield from clause.texts
    if clause.statement is not None:
        yield from clause.statement.actions
        for condition in clause.statement.conditions:
            yield from (condition.operator, condition.key, *condition.values)
