"""Fixed settings of level 2 on which Appendix E is measured; small, so that a run takes a fraction of a second."""

from theorycheck_simulations.setting import setting_from

from .grids import NETWORK

# Identities hold at any size; sigma_n = 1/sqrt(d) as in the paper.
NOISY_NETWORK = tuple(setting.replace(sigma_n=setting.d**-0.5) for setting in NETWORK)

_STANDARD = setting_from({"k": 3, "d": 12, "m": 8, "n_R": 1, "n_N": 20, "alpha": 2.0, "beta": 1.0, "sigma_0": 0.01,
                          "eta": 0.05, "T": 600, "N": 42})  # fmt: skip
_SMALL = _STANDARD.replace(d=100, n_N=12, N=24)

# Standard training: noise from hardly any to the paper's 1/sqrt(d), small d and large.
STANDARD = (
    _STANDARD.replace(sigma_n=0.02),
    _STANDARD.replace(sigma_n=12**-0.5),
    _STANDARD.replace(k=4, d=16, N=40, sigma_n=0.25),
    _SMALL.replace(sigma_n=0.1),
)

# The same from the paper's initialisation, sigma_0 = 1/sqrt(d), where learned features are no longer than w(0).
XAVIER = tuple(setting.replace(sigma_0=setting.d**-0.5) for setting in STANDARD[1:])

# One setting from weaker and weaker initialisations.
STARTS = tuple(_STANDARD.replace(sigma_n=12**-0.5, sigma_0=s) for s in (0.1, 0.03, 0.01, 0.003))

_ATTACKED = _STANDARD.replace(alpha=3.0, n_N=28, N=24, T=1500, epsilon=1.0, eta_tilde=20.0)

# Adversarial training where sigma_0 sqrt(d) and sigma_n are at most a fourth of B* = .23, and alpha > 2 epsilon.
ATTACKED = (
    _ATTACKED.replace(sigma_n=0.02),
    _ATTACKED.replace(sigma_n=0.05),
    _ATTACKED.replace(d=24, sigma_n=0.05),
)

# Besides, the paper's sigma_n = 1/sqrt(d) in few dimensions, where sigma_n is above B*.
LOUD = _ATTACKED.replace(sigma_n=12**-0.5)

# Races of B against noise on featureless patches, n_N counting both; from quiet noise to noise that wins.
_RACE = _STANDARD.replace(k=2, d=100, m=4, n_N=14, alpha=1.5, T=2000, N=20)
RACES = (
    *(_RACE.replace(sigma_n=s) for s in (0.03, 0.06, 0.1, 0.2, 0.5)),
    *(_RACE.replace(k=3, N=30, d=150, sigma_n=s) for s in (0.03, 0.08, 0.25)),
    *(_RACE.replace(q=4, sigma_0=0.05, sigma_n=s) for s in (0.03, 0.1, 0.3)),
    *(_RACE.replace(q=5, sigma_0=0.1, sigma_n=s) for s in (0.03, 0.3)),
)

# Up to F_i = 1/4, all patches noisy; the leading filter is followed step by step.
_SHARE = _STANDARD.replace(T=1500)
SHARES = (
    *(_SHARE.replace(sigma_n=s) for s in (0.02, 0.1, 12**-0.5)),
    _SHARE.replace(k=4, d=16, N=40, sigma_n=0.25),
    _SHARE.replace(d=60, N=24, n_N=12, sigma_n=60**-0.5),
    _SHARE.replace(q=4, sigma_0=0.05, sigma_n=0.1),
    _SHARE.replace(q=5, sigma_0=0.1, sigma_n=0.1),
)
