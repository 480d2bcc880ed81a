r"""LaTeX from strangers: what may pass as mathematics.

Only listed commands and environments pass, so no macro, file or shell command (\input, \write18, ^^5c) can reach a
LaTeX run, and the converter to MathML sees no definition that it would expand.
"""

import re
import unicodedata

_GREEK = (
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho varrho "
    "sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega "
)
_OPERATORS = (
    "pm mp times div cdot ast star circ bullet oplus otimes odot wedge vee cap cup setminus neg lnot land lor sum prod "
    "int iint oint bigcup bigcap bigoplus bigotimes bigwedge bigvee partial nabla infty forall exists nexists emptyset "
    "varnothing ell hbar Re Im dots ldots cdots vdots ddots prime dagger top bot perp parallel angle triangle limits "
)
_RELATIONS = (
    "le leq ge geq lt gt ll gg ne neq equiv approx sim simeq cong asymp propto in ni notin subset subseteq supset "
    "supseteq subsetneq prec preceq succ succeq mid nmid models vdash lesssim gtrsim leqslant geqslant doteq triangleq "
    "to gets mapsto implies iff leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow longrightarrow "
    "Longrightarrow Longleftrightarrow longmapsto uparrow downarrow nearrow searrow "
)
_FUNCTIONS = (
    "log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth min max sup inf lim liminf limsup "
    "det dim ker deg gcd arg Pr bmod pmod operatorname "
)
_FORMS = (
    "frac dfrac tfrac cfrac binom dbinom tbinom sqrt overline underline bar hat tilde vec dot ddot widehat widetilde "
    "check overbrace underbrace overset underset stackrel mathbb mathbf mathcal mathfrak mathit mathrm mathsf "
    "mathtt boldsymbol text textrm textit textbf textsf texttt mbox displaystyle textstyle left right middle big Big "
    "bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr langle rangle lfloor rfloor lceil rceil lvert rvert lVert "
    "rVert vert Vert lbrace rbrace quad qquad space begin end "
)
COMMANDS = frozenset((_GREEK + _OPERATORS + _RELATIONS + _FUNCTIONS + _FORMS).split())
SIGNS = frozenset(r"\{}|,;:!_%&# ")
_BLOCKS = "cases matrix pmatrix bmatrix vmatrix Vmatrix aligned array "
ENVIRONMENTS = frozenset(_BLOCKS.split())

_LONGEST = 4000
_DEEPEST = 60
_TOKEN = re.compile(r"\\([A-Za-z]+|.)|([{}])", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(begin|end)\{([^{}]*)\}(\{[lcr|]*\})?")
_TEXT = re.compile(r"\\(?:text|textrm|textit|textbf|textsf|texttt|mbox|operatorname\*?|mathtt)\s*\{([^{}]*)\}")
_WORDS = re.compile(r"(?:[^\\{}$^_&#%~]|\\[_%&#$ ])*")


def problem(tex: str) -> str:
    """Why the LaTeX may not pass as mathematics; empty where it may."""
    if not tex.strip() or len(tex) > _LONGEST:
        return f"expected 1 to {_LONGEST} characters"
    if any(letter in tex for letter in '$~`"@') or "^^" in tex or re.search(r"(?<!\\)[%#]", tex):
        return "a character with a special meaning to TeX"
    if any(letter not in "\n\t" and unicodedata.category(letter)[0] == "C" for letter in tex):
        return "a control character"
    if any(not _WORDS.fullmatch(words) for words in _TEXT.findall(tex)):
        return "a command inside text"
    return _structure(tex)


def _structure(tex: str) -> str:
    open_groups = depth = 0
    for command, brace in _TOKEN.findall(tex):
        if brace:
            open_groups += 1 if brace == "{" else -1
        elif command not in COMMANDS and command not in SIGNS:
            return f"the command \\{command}"
        depth += {"left": 1, "right": -1, "begin": 1, "end": -1}.get(command, 0)
        if open_groups < 0 or depth < 0 or open_groups + depth > _DEEPEST:
            return "unbalanced or too deep groups"
    if open_groups or depth or tex.endswith("\\"):
        return "unbalanced groups"
    return _environments(tex)


def _environments(tex: str) -> str:
    found = _ENVIRONMENT.findall(tex)
    if len(found) != len(re.findall(r"\\(?:begin|end)(?![A-Za-z])", tex)):
        return "an environment without a plain name"
    stack: list[str] = []
    for side, name, columns in found:
        if name not in ENVIRONMENTS or bool(columns) != (name == "array" and side == "begin"):
            return f"the environment {name}"
        if side == "begin":
            stack.append(name)
        elif not stack or stack.pop() != name:
            return "environments that cross"
    # Without an alignment around it, & stops a LaTeX run.
    outside = re.search(r"(?<!\\)&", tex) is not None and not found
    return "an unclosed environment" if stack else "a column sign outside an environment" if outside else ""


def segments(text: str) -> tuple[tuple[bool, str], ...]:
    r"""Text cut at dollar signs into (is mathematics, piece); an odd number of dollars means none is meant.

    >>> segments("for $k$ classes")
    ((False, 'for '), (True, 'k'), (False, ' classes'))
    >>> segments("costs 5$")
    ((False, 'costs 5$'),)
    """
    pieces = text.replace("$$", "$").split("$")
    if len(pieces) % 2 == 0:
        return ((False, text),)
    return tuple((n % 2 == 1, piece) for n, piece in enumerate(pieces) if piece)
