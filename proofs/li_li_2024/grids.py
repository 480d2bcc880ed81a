"""Fixed settings on which claims about runs are measured besides the user's own; chosen before anything was run."""

from theorycheck_simulations.setting import Setting, setting_from


def _settings(rows: tuple[tuple[float, ...], ...], names: str, **common: float) -> tuple[Setting, ...]:
    keys = names.split()
    return tuple(Setting.model_validate({**common, **dict(zip(keys, row, strict=True))}) for row in rows)


# Level 1 with initial correlations large enough that all pieces of the activation are visited within 300 steps.
SHORT = _settings(
    (
        (2, 5, 5, 1, 9, 2.0, 1.0, 3, 0.5, 0.10, 0.05),
        (3, 6, 4, 1, 20, 2.5, 1.0, 3, 0.5, 0.05, 0.05),
        (4, 9, 3, 2, 15, 1.5, 0.8, 3, 0.25, 0.10, 0.05),
        (5, 16, 8, 1, 127, 2.5, 1.0, 3, 0.5, 0.01, 0.02),
        (6, 12, 2, 3, 30, 1.8, 1.0, 3, 1.0, 0.20, 0.10),
        (2, 4, 4, 1, 12, 2.0, 1.2, 4, 0.5, 0.15, 0.05),
        (4, 8, 5, 2, 25, 1.6, 1.0, 4, 0.5, 0.20, 0.05),
        (3, 7, 3, 1, 18, 1.9, 0.9, 5, 0.6, 0.25, 0.05),
        (5, 10, 2, 2, 40, 1.5, 1.0, 5, 0.4, 0.20, 0.02),
        (2, 6, 6, 1, 16, 1.7, 1.0, 6, 0.5, 0.30, 0.05),
        (4, 10, 3, 1, 22, 1.6, 1.1, 6, 0.5, 0.30, 0.05),
        (7, 20, 2, 2, 14, 2.2, 1.0, 3, 0.3, 0.10, 0.10),
    ),
    "k d m n_R n_N alpha beta q rho sigma_0 eta",
    T=300,
)  # fmt: skip

# The same with smaller initial correlations, so that Stage I lasts.
EARLY = tuple(setting.replace(sigma_0=setting.sigma_0 / 4) for setting in SHORT)

# Level 2, small enough to train in a fraction of a second.
NETWORK = _settings(
    (
        (2, 6, 5, 1, 5, 2.0, 1.0, 3, 0.5, 0.10, 0.10, 20),
        (3, 8, 4, 1, 8, 2.5, 1.0, 3, 0.5, 0.10, 0.05, 21),
        (3, 6, 4, 2, 6, 1.5, 0.8, 3, 0.25, 0.10, 0.05, 24),
        (4, 12, 3, 1, 9, 2.0, 1.0, 3, 0.5, 0.05, 0.10, 32),
        (2, 9, 5, 1, 7, 2.0, 1.2, 4, 0.5, 0.20, 0.05, 18),
        (3, 10, 3, 2, 10, 1.6, 1.0, 4, 0.5, 0.20, 0.05, 30),
        (2, 5, 6, 1, 6, 1.9, 0.9, 5, 0.6, 0.30, 0.10, 16),
        (4, 8, 3, 1, 12, 1.5, 1.0, 5, 0.4, 0.20, 0.05, 20),
        (2, 4, 6, 1, 8, 1.7, 1.0, 6, 0.5, 0.30, 0.10, 14),
        (3, 7, 4, 1, 9, 1.6, 1.1, 6, 0.5, 0.30, 0.05, 27),
        (5, 11, 3, 1, 7, 2.2, 1.0, 3, 0.5, 0.10, 0.10, 25),
    ),
    "k d m n_R n_N alpha beta q rho sigma_0 eta N",
    T=300,
)  # fmt: skip

# Level 1 from small initial correlations: races that one filter wins long before F_i = 1.
RACE = _settings(
    (
        (5, 16, 4, 1, 31, 2.5, 1.0, 3, 0.5, 0.005, 0.02, 6000),
        (3, 16, 6, 2, 40, 1.8, 1.0, 3, 0.5, 0.005, 0.02, 6000),
        (2, 16, 3, 1, 24, 2.0, 1.0, 3, 0.5, 0.005, 0.02, 6000),
        (4, 16, 5, 1, 60, 3.0, 1.0, 3, 0.5, 0.005, 0.02, 6000),
        (6, 16, 4, 1, 100, 2.5, 1.0, 3, 0.5, 0.005, 0.005, 8000),
        (8, 16, 4, 2, 80, 2.0, 1.0, 3, 0.5, 0.005, 0.01, 12000),
        (5, 16, 8, 1, 127, 2.5, 1.0, 3, 0.5, 0.005, 0.005, 4000),
        (5, 16, 4, 1, 31, 2.5, 1.0, 3, 0.5, 0.005, 0.005, 20000),
        (3, 16, 4, 1, 48, 2.0, 1.0, 3, 0.25, 0.0025, 0.005, 8000),
        (5, 16, 2, 3, 60, 1.5, 0.8, 3, 0.5, 0.005, 0.02, 8000),
        (4, 16, 4, 1, 60, 2.0, 1.0, 4, 0.5, 0.02, 0.02, 20000),
        (3, 16, 4, 1, 80, 1.8, 1.0, 5, 0.5, 0.03, 0.05, 40000),
    ),
    "k d m n_R n_N alpha beta q rho sigma_0 eta T",
)  # fmt: skip

# Level 1 with so small a step that c' of Lemma D.11 is of order 1, which is what the paper's eta = 1/poly(k) means.
LATE = _settings(
    (
        (3, 16, 4, 1, 8, 1.5, 1.0, 3, 0.5, 0.03, 0.005, 20000),
        (2, 16, 3, 1, 10, 1.5, 1.0, 3, 0.5, 0.03, 0.010, 20000),
        (5, 16, 2, 1, 6, 1.2, 1.0, 3, 0.5, 0.03, 0.010, 20000),
        (3, 16, 2, 1, 20, 2.0, 1.0, 3, 0.5, 0.03, 0.003, 30000),
        (4, 16, 3, 2, 12, 1.2, 1.0, 3, 0.4, 0.03, 0.005, 20000),
        (4, 16, 3, 1, 12, 1.4, 1.0, 4, 0.5, 0.06, 0.010, 30000),
        (3, 16, 4, 1, 10, 1.5, 0.9, 4, 0.4, 0.06, 0.010, 30000),
        (2, 16, 4, 1, 9, 1.3, 1.0, 5, 0.5, 0.10, 0.010, 30000),
        (3, 16, 3, 1, 8, 1.3, 1.1, 5, 0.5, 0.10, 0.010, 30000),
        (2, 16, 3, 1, 7, 1.3, 1.0, 6, 0.5, 0.15, 0.020, 30000),
    ),
    "k d m n_R n_N alpha beta q rho sigma_0 eta T",
)  # fmt: skip

# Level 1 with n_N rho/q <= log(k-1), where the linear part is within reach.
REACHING = _settings(
    (
        (10, 20, 2, 1, 8, 1.4, 1.0, 3, 0.5, 0.010, 0.02, 20000),
        (12, 24, 2, 1, 12, 1.5, 1.0, 3, 0.5, 0.010, 0.02, 20000),
        (8, 20, 2, 1, 10, 1.5, 1.0, 3, 0.5, 0.010, 0.02, 20000),
        (8, 20, 2, 1, 20, 1.6, 1.0, 3, 0.25, 0.005, 0.01, 20000),
        (15, 30, 2, 1, 14, 1.6, 1.0, 3, 0.5, 0.010, 0.02, 20000),
        (20, 40, 2, 1, 16, 1.6, 1.0, 3, 0.5, 0.010, 0.02, 20000),
        (12, 24, 2, 2, 18, 1.3, 1.0, 3, 0.3, 0.008, 0.02, 20000),
        (10, 20, 2, 1, 14, 1.4, 1.0, 4, 0.5, 0.030, 0.05, 30000),
        (8, 20, 2, 1, 12, 1.3, 1.0, 4, 0.5, 0.030, 0.05, 30000),
        (10, 20, 2, 1, 16, 1.3, 1.0, 5, 0.5, 0.050, 0.05, 40000),
    ),
    "k d m n_R n_N alpha beta q rho sigma_0 eta T",
)  # fmt: skip

# Finding F7: n_N rho/q = 16.7.
OUT_OF_REACH = setting_from({"k": 6, "m": 5, "n_N": 100, "rho": 0.5, "T": 8000})

# Level 1 to the end; with one or two filters a class often has nothing to learn from.
OUTCOME = (*RACE[:4], RACE[6], RACE[9], RACE[10], RACE[0].replace(m=1), RACE[1].replace(m=1), RACE[3].replace(m=2))

# Level 2 with noise, for Theorem 4.3.
NOISY = _settings(
    (
        (3, 12, 8, 1, 24, 2.0, 0.1, 60),
        (3, 32, 8, 1, 24, 2.0, 32**-0.5, 60),
        (4, 24, 8, 1, 30, 2.0, 24**-0.5, 80),
    ),
    "k d m n_R n_N alpha sigma_n N",
    beta=1.0, sigma_0=0.01, eta=0.05, T=600,
)  # fmt: skip
