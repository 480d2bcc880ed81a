"""Statements about orders of magnitude, decided by the order calculus; its kernel re-checks certificates and rays."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .. import order_kernel
from ..claim import Claim, Part
from ..evidence import Evidence, Table
from ..kernel.tree import Rejected
from ..verdict import Verdict
from .check import Context

Data = dict[str, Any]


@dataclass(frozen=True)
class Asymptotic:
    """Decides order relations.

    Args:
        covers: the parts that it is about; empty for all.
    """

    covers: tuple[str, ...] = ()
    kind: str = "asymptotic"

    def run(self, claim: Claim, context: Context) -> Evidence:
        """Evidence *proved* with certificates, *refuted* with a ray, *vacuous*, or *inconclusive* with the reason.

        Raises:
            ValueError: for a part that is no order relation, or a relation outside the language.
        """
        from ..orders.decide import decide_statement

        parts = claim.covered(self.covers)
        if any(part.order is None for part in parts):
            raise ValueError(f"{claim.id}: a part is no order relation")
        none = decide_statement(claim.problem().statement(None))
        if none.certificate is not None:
            reason = "the hypotheses contradict each other, so that anything follows"
            return Evidence(self.kind, Verdict.VACUOUS, reason, self.covers, certificate=none.certificate)
        proofs: list[Data] = []
        for part in parts:
            for statement in statements(claim, (part.name,)):
                found = decide_statement(statement)
                if found.ray is not None:
                    return self._refuted(claim, part, found.ray, context)
                if found.certificate is None:
                    return Evidence(self.kind, Verdict.INCONCLUSIVE, f"{part.name}: {found.reason}", self.covers)
                proofs.append(found.certificate)
        return self._proved(proofs)

    def _proved(self, proofs: list[Data]) -> Evidence:
        nodes = [node for proof in proofs for node in proof["nodes"]]
        steps = sum(len(node["steps"]) for node in nodes) + sum(len(proof["prelude"]) for proof in proofs)
        cases = sum(node["cases"] is None for node in nodes)
        figures: dict[str, Any] = {"certificates": len(proofs), "cases": cases, "steps": steps}
        if powers := largest_powers(proofs):
            figures |= {"powers that suffice": powers}
        summary = f"the order kernel checked {steps} steps; statement and hypotheses are the claim's"
        return Evidence(self.kind, Verdict.PROVED, summary, self.covers, figures, certificate={"orders": proofs})

    def _refuted(self, claim: Claim, part: Part, ray: Data, context: Context) -> Evidence:
        outside = [v.name for v in claim.variables if Fraction(ray["parameters"][v.name]) not in v.domain]
        if outside:  # the kernel knows real ranges only
            reason = f"{part.name}: growth rates only at {outside[0]} = {ray['parameters'][outside[0]]}, no integer"
            return Evidence(self.kind, Verdict.INCONCLUSIVE, reason, self.covers)
        witness = {**ray, "paper": context.paper, "claim": claim.id}
        said = f"{part.name} fails, with every hypothesis true, where {rates_text(witness)}"
        # The other parts that this check covers were not refuted, so the evidence is about this one alone.
        about, tables = (part.name,), (rates_table(witness),)
        return Evidence(self.kind, Verdict.REFUTED, said, about, tables=tables, witness=witness)


def recheck(stored: Mapping[str, Any], claim: Claim, covers: tuple[str, ...]) -> None:
    """Whether stored certificates still prove the covered parts.

    Raises:
        Rejected: if the kernel does not accept one.
        ValueError: if they are about something else.
    """
    if [proof["statement"] for proof in stored["orders"]] != statements(claim, covers):
        raise ValueError("the certificates are about other statements")
    for proof in stored["orders"]:
        order_kernel.check(proof)


def statements(claim: Claim, covers: tuple[str, ...]) -> list[Data]:
    """The kernel's statements of the covered parts, each with the logarithms and maxima that it needs itself."""
    problems = [claim.problem((part,)) for part in claim.covered(covers)]
    return [problem.statement(goal) for problem in problems for goals in problem.goals for goal in goals]


def refutes(ray: Mapping[str, Any], claim: Claim, covers: tuple[str, ...]) -> bool:
    """Whether the kernel confirms the ray, and it is about a covered part.

    Raises:
        Rejected: if it is no ray.
    """
    return ray.get("statement") in statements(claim, covers) and order_kernel.replay(dict(ray)).confirmed


def contradicts(certificate: Mapping[str, Any], claim: Claim) -> None:
    """That hypotheses of the claim contradict each other.

    Raises:
        Rejected: if the kernel does not accept the certificate.
        ValueError: if it is about other hypotheses, or has a goal.
    """
    own = order_kernel.check(dict(certificate))
    known = claim.problem()
    facts = [fact for unit in known.units for fact in unit.facts.values()]
    stated, wanted = certificate["statement"], known.statement(None)
    same = all(stated[part] == wanted[part] for part in ("parameters", "ranges", "quantities"))
    # A goal's logarithms and maxima may be there too; those of the hypotheses must be what they are in the claim.
    atoms = [(part, name) for part in ("logs", "maxima") for name in wanted[part]]
    same = same and all(stated[part].get(name) == wanted[part][name] for part, name in atoms)
    if own.goal is not None or not same or any(fact not in facts for fact in stated["hypotheses"].values()):
        raise ValueError("the certificate is about other hypotheses")


def consistent(rates: Mapping[str, Any], claim: Claim) -> bool:
    """Whether the kernel finds every order hypothesis of the claim true at the rates."""
    try:
        return rates["statement"] == claim.problem().statement(None) and order_kernel.replay(dict(rates)).consistent
    except Rejected:
        return False


def consistency(claim: Claim) -> Evidence | Data:
    """Growth rates at which every order hypothesis holds, or evidence that there are none or that none were found."""
    from ..orders.cores import contradiction
    from ..orders.decide import decide_statement

    problem = claim.problem()
    found = decide_statement(problem.statement(None))
    if found.ray is not None:
        return {**found.ray, "claim": claim.id}
    clash = contradiction(problem, decide_statement) if found.certificate is not None else None
    if clash is None:
        return Evidence("vacuity", Verdict.INCONCLUSIVE, f"no growth rates were found: {found.reason}")
    figures: dict[str, Any] = {"unsatisfiable core": list(clash.core)}
    figures["repairs are complete"] = str(clash.complete).lower()
    if clash.repairs:
        figures["largest consistent subset"] = f"all but {'; '.join(clash.repairs[0])}"
    rows = tuple((" and ".join(cut), rates_text(ray)) for cut, ray in zip(clash.repairs, clash.rays, strict=True))
    tables = (Table("Smallest repairs", ("without", "consistent, e.g. where"), rows),) if rows else ()
    said = f"the hypotheses contradict each other: {'; '.join(clash.core)}"
    return Evidence("vacuity", Verdict.VACUOUS, said, (), figures, tables=tables, certificate=clash.certificate)


def largest_powers(proofs: list[Data]) -> list[str]:
    """Of statements about large powers, the powers that the proofs ask for."""
    found = set()
    for proof in proofs:
        facts = proof["statement"]["hypotheses"]
        for step in (s for node in proof["nodes"] for s in node["steps"] if s["by"] == "large"):
            plain = sum(Fraction(c) for c, names in step["power"] if not names)
            terms = [str(plain), *("*".join([c, *names]) for c, names in step["power"] if names)]
            form, base = map(_written, facts[step["from"]][1:])
            found.add(f"{form} >= {base}^({' + '.join(terms)})")
    return sorted(found)


def rates_text(ray: Mapping[str, Any]) -> str:
    """The growth rates as one line."""
    shown = rates(ray)
    at = [f"{name} = {value}" for name, value in ray["parameters"].items()]
    return ", ".join([*at, *(f"{name} ~ {rate}" for name, rate in shown.items())])


def rates_table(ray: Mapping[str, Any]) -> Table:
    """The growth rates as a table."""
    return Table("Growth rates", ("quantity", "rate"), tuple(rates(ray).items()))


def rates(ray: Mapping[str, Any]) -> dict[str, str]:
    """Each quantity as a product of powers of the generators; these are written in a limit variable, or in n."""
    names = _generators(ray)
    return {quantity: _product(vector, names) for quantity, vector in ray["values"].items()}


def _generators(ray: Mapping[str, Any]) -> list[str]:
    logs = ray["generators"]
    names: list[str] = [""] * len(logs)
    for name, fact in ray["statement"]["hypotheses"].items():
        own = name.removesuffix(".limit")
        vector = [Fraction(x) for x in ray["values"].get(own, [])]
        if own != name and fact[0] == "o" and (index := _unit(vector)) is not None and not names[index]:
            names[index] = own
            while isinstance(logs[index], list) and (after := _unit([Fraction(x) for x in logs[index]])) is not None:
                if names[after]:
                    break
                names[after] = f"log {names[index]}" if " " not in names[index] else f"log({names[index]})"
                index = after
    for index in range(len(logs) - 1, -1, -1):
        log = logs[index]
        if not names[index]:
            names[index] = "n" if log is None else f"{_bracket(names[index + 1])}^C" if log == "large" else (
                f"exp({_product(log, names)})")  # fmt: skip
    return names


def _unit(vector: list[Fraction]) -> int | None:
    """The place of the only component, if that is 1."""
    places = [i for i, x in enumerate(vector) if x]
    return places[0] if len(places) == 1 and vector[places[0]] == 1 else None


def _bracket(name: str) -> str:
    return name if name.isidentifier() or name.startswith("exp(") else f"({name})"


def _product(vector: list[str], names: list[str]) -> str:
    powers = [(Fraction(x), name) for x, name in zip(vector, names, strict=True) if Fraction(x)]
    shown = [name if x == 1 else f"{_bracket(name)}^{x if x.denominator == 1 and x > 0 else f'({x})'}"
             for x, name in powers]  # fmt: skip
    return " ".join(shown) or "1"


def fact_text(fact: list[Any]) -> str:
    """A kernel's fact as a relation between products of powers.

    >>> fact_text(["poly", ["+", "x", ["*", "-1/2", "d"]], "log_k"])
    'x d^(-1/2) <= (log_k)^constant'
    """
    if fact[0] == "large":
        return f"{_written(fact[1])} >= ({_written(fact[2])})^C for a large C"
    ends = {"O": " = O(1)", "o": " = o(1)"}
    if fact[0] in ends:
        return _written(fact[1]) + ends[fact[0]]
    power = "constant" if fact[0] == "poly" else "o(1)"
    return f"{_written(fact[1])} <= ({_written(fact[2])})^{power}"


def _written(tree: Any) -> str:
    terms = tree[1:] if isinstance(tree, list) and tree[0] == "+" else [tree]
    return " ".join(map(_power, terms)) or "1"


def _power(term: Any) -> str:
    if not isinstance(term, list):
        return "1" if term == 0 else str(term)
    if term[0] == "-":
        return f"{_power(term[1])}^(-1)"
    exponent, base = [str(f) if not isinstance(f, list) else f"{f[1]}^{f[2]}" for f in term[1:-1]], str(term[-1])
    return f"{base}^({'*'.join(exponent)})"
