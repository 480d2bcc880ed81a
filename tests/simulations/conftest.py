"""Random small settings with the edges the kernels must get right, and starting weights for them."""

import numpy as np
import pytest
from theorycheck_simulations.setting import Setting


def random_setting(rng: np.random.Generator, **changes: object) -> Setting:
    """Every third has d = 2k; k = 2, m = 1 and P = 2 occur often; q from 3 to 6; T from 1 to 4."""
    k = int(rng.integers(2, 5))
    values: dict[str, object] = {
        "k": k, "d": 2 * k + int(rng.choice([0, 1, 3])), "n_R": int(rng.integers(1, 3)), "n_N": int(rng.integers(1, 5)),
        "m": int(rng.integers(1, 4)), "N": int(rng.integers(1, 6)), "alpha": float(rng.uniform(0.3, 3)),
        "beta": float(rng.uniform(0.3, 3)), "q": int(rng.integers(3, 7)), "rho": float(rng.uniform(0.2, 1.5)),
        "eta": float(rng.uniform(0.01, 2)), "T": int(rng.integers(1, 5)),
    }
    return Setting(**(values | changes))  # type: ignore[arg-type]


def random_weights(rng: np.random.Generator, setting: Setting) -> np.ndarray:
    """Weights of scale .1, 1 or 40: in the polynomial part, across both, and with logits in the hundreds."""
    return float(rng.choice([0.1, 1.0, 40.0])) * rng.standard_normal((setting.k, setting.m, setting.d))


@pytest.fixture
def draw_setting():
    return random_setting


@pytest.fixture
def draw_weights():
    return random_weights
