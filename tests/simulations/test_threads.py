"""The same bits for one and two threads, in processes of their own because numba fixes the number at its start."""

import os
import subprocess
import sys

PROGRAM = """
import hashlib
import numpy as np
from theorycheck_simulations.data import sample
from theorycheck_simulations.network import train_network
from theorycheck_simulations.population import train_populations
from theorycheck_simulations.setting import Setting
import numba
setting = Setting(k=3, d=11, n_N=7, m=3, N=37, T=60, eta=0.3, sigma_n=0.0)
runs = train_populations(setting, 1, 9, stride=20)
run = train_network(sample(setting.replace(sigma_n=0.3), 2, patches="random"), 3, psi=True, stride=20)
digest = hashlib.sha256()
for array in (runs.W, runs.trajectory.F, runs.passage.output_step, run.W, run.psi, run.trajectory.F):
    digest.update(array.tobytes())
print(numba.get_num_threads(), digest.hexdigest())
"""


def run_with(threads: int) -> tuple[int, str]:
    environment = os.environ | {"NUMBA_NUM_THREADS": str(threads)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    count, digest = done.stdout.split()
    return int(count), digest


def test_same_bits_for_one_and_two_threads():
    (one, digest), (two, same) = run_with(1), run_with(2)
    assert (one, two) == (1, 2) and digest == same
