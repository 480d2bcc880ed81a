"""Fixed settings of adversarial training for the regime map and the reviewers' questions."""

from theorycheck_simulations.setting import setting_from

BASE = setting_from({"k": 3, "d": 6, "m": 6, "n_N": 63, "eta": 0.05, "T": 4000})

# Regime maps: the paper's exponent, the next one, and two robust patches with a gentler ascent and beta < 1.
MAPS = (
    BASE,
    BASE.replace(q=4, n_N=100, sigma_0=0.03, T=6000),
    BASE.replace(n_R=2, n_N=50, beta=0.8, eta_tilde=5.0),
)
