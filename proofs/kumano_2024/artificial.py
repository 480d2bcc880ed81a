"""The artificial experiment: learning random labels of random samples from perturbed noise."""

from theorycheck.experiment import Experiment

from .artificial_runs import measure

TEXT = """A classifier is trained on $N$ random samples $D$ with random labels; $N'$ noise points of the same law are
attacked towards random targets, and a new network is trained on them with these targets. Shown: its accuracy on $D$,
which it has never seen, along $N'$, $d$, $N$, the size of the perturbation and the share of pixels, as means over runs
with a band from the least to the largest, beside the law $\\Phi(s/\\sqrt{1+s^2N/(d\\varrho^2)})$,
$s=\\varepsilon\\|h\\|\\varrho\\sqrt{N'/N}/\\sigma$, a heuristic. For $L_2$ it is given $\\varepsilon$ and $\\varrho=1$,
for the other norms the measured mean of $y'_n\\eta_n$; it is not meant for $d<N$. The hypotheses of the theorems,
(ORTH), are far from met at these sizes; the ratio is computed for every cell and shown, and every outcome is a trend
check only. Scaled down by default; with --full at the published sizes, with 400 steps instead of $10^5$: some 60 hours
of one core."""

EXPERIMENT = Experiment(
    "kumano-artificial", "Accuracy of networks that learn from perturbed noise", TEXT, measure
)
