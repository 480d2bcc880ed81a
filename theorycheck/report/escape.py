"""Text as LaTeX that prints it, whatever its letters, with the fonts of a plain pdflatex run."""

import re
import unicodedata

from .latex import COMMANDS

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "'": r"\textquotesingle{}", "`": r"\textasciigrave{}",
    "-": "-{}", "[": "{[}", "]": "{]}", "\n": " ", "\t": " ", "\u00a0": "~",
    "–": r"\textendash{}", "—": r"\textemdash{}", "…": r"\dots{}", "“": "``", "”": "''", "‘": "`", "’": "'",
}  # fmt: skip
_SIGNS = "≤≥≪≫≠≈≡∼≃≅≍∝∈∉∋⊂⊆⊃⊇∪∩∖∅∞∂∇∀∃¬∧∨→←↔⇒⇐⇔↦∑∏∫√±∓×÷·∗⋆∘⊕⊗⊙⊥∥⟨⟩⌊⌋⌈⌉‖−ϵϱϑϕϖςℓ′″⋯≺≻≲≳"
_COMMANDS = (
    r"\le \ge \ll \gg \neq \approx \equiv \sim \simeq \cong \asymp \propto \in \notin \ni \subset \subseteq "
    r"\supset \supseteq \cup \cap \setminus \emptyset \infty \partial \nabla \forall \exists \neg \wedge \vee "
    r"\to \gets \leftrightarrow \Rightarrow \Leftarrow \Leftrightarrow \mapsto \sum \prod \int \surd \pm \mp "
    r"\times \div \cdot \ast \star \circ \oplus \otimes \odot \perp \parallel \langle \rangle \lfloor \rfloor "
    r"\lceil \rceil \Vert - \epsilon \varrho \vartheta \phi \varpi \varsigma \ell ' '' \cdots \prec \succ "
    r"\lesssim \gtrsim"
)
_SYMBOLS = dict(zip(_SIGNS, _COMMANDS.split(), strict=True))
_GREEK_NAME = re.compile(r"GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)")
_RENAMED = {"epsilon": "varepsilon", "phi": "varphi", "lamda": "lambda"}
# A delimiter that is sized must be a bare command.
_SIZED = re.compile(r"(\\(?:left|right|middle|[bB]igg?[lr]?))\s*([⟨⟩⌊⌋⌈⌉‖])")
_LATIN_CAPITALS = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True))


def escape(text: str) -> str:
    r"""The text as LaTeX that prints it: special characters escaped, signs in \ensuremath, others by code."""
    return "".join(_letter(letter) for letter in text)


def symbols(tex: str) -> str:
    """LaTeX mathematics with its non-ASCII letters as commands."""
    tex = _SIZED.sub(lambda match: f"{match[1]}{_SYMBOLS[match[2]]} ", tex)
    return "".join(letter if letter.isascii() else _letter(letter) for letter in " ".join(tex.split()))


def _letter(letter: str) -> str:
    if letter in _SPECIAL:
        return _SPECIAL[letter]
    if " " <= letter <= "~":
        return letter
    command = _SYMBOLS.get(letter) or _LATIN_CAPITALS.get(letter) or _greek(letter)
    if command:
        return rf"\ensuremath{{{command}}}"
    form, _, base = unicodedata.decomposition(letter).partition(" ")
    if form in ("<super>", "<sub>") and " " not in base:
        inner = _letter(chr(int(base, 16)))
        return rf"\ensuremath{{{'^' if form == '<super>' else '_'}{{{inner}}}}}"
    # T1 with inputenc prints the letters of Latin-1 and Latin Extended-A; others would stop the run.
    if unicodedata.category(letter)[0] == "L" and "\u00c0" <= letter <= "\u017e" and letter not in "ĦħĸŀĿŉŦŧ":
        return letter
    return rf"\texttt{{U+{ord(letter):04X}}}"


def _greek(letter: str) -> str:
    match = _GREEK_NAME.fullmatch(unicodedata.name(letter, ""))
    if match is None:
        return ""
    name = match[2].lower()
    name = _RENAMED.get(name, name) if match[1] == "SMALL" else name.replace("lamda", "lambda").capitalize()
    if name == "omicron":
        return "o"
    return f"\\{name}" if name in COMMANDS else ""
