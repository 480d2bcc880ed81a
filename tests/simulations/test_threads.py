"""The same bits for one and two threads, and no threads beside them; numba fixes their number when a process starts."""

import os
import subprocess
import sys

import pytest

from theorycheck import engine

PROGRAM = """
import hashlib
import numpy as np
from theorycheck_simulations import descent
from theorycheck_simulations.data import sample
from theorycheck_simulations.network import train_network
from theorycheck_simulations.population import train_populations
from theorycheck_simulations.setting import Setting
import numba
setting = Setting(k=3, d=11, n_N=7, m=3, N=37, T=60, eta=0.3, sigma_n=0.0)
runs = train_populations(setting, 1, 9, stride=20)
large = setting.replace(sigma_n=0.3, N=800, d=128, m=6, T=5)  # small runs never leave their thread
run = train_network(sample(large, 2, patches="random"), 3, psi=True, stride=2)
assert large.N * large.P * large.d * large.k * large.m > descent.SMALL
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


BUSY = """
import sys
from pathlib import Path
import numba
import numpy as np
from theorycheck_simulations.data import sample
from theorycheck_simulations.network import train_network
from theorycheck_simulations.setting import Setting

def ticks():
    found = {}
    for task in Path("/proc/self/task").iterdir():
        fields = (task / "stat").read_text().rpartition(")")[2].split()
        found[task.name] = int(fields[11]) + int(fields[12])  # ticks in the program and in the system
    return found

data = sample(Setting(k=3, d=64, n_N=15, m=8, N=384, T=1500, eta=0.01, sigma_n=0.3), 1)
a = np.full((300, 300), 0.01)
for adversarial in (False, True):
    train_network(data, 1, adversarial=adversarial)
a @ a  # BLAS has its threads
before = ticks()
for adversarial in (False, True):
    train_network(data, 1, adversarial=adversarial)
spent = [value - before.get(name, 0) for name, value in ticks().items()]
print(numba.get_num_threads(), sum(value > 0.1 * sum(spent) for value in spent))
"""


def busy_with(threads: int, blas: str | None) -> tuple[int, int]:
    """Threads that numba has, and those that work while a network is trained."""
    environment = os.environ | {"NUMBA_NUM_THREADS": str(threads)}
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        environment.pop(name, None)
        if blas:
            environment[name] = blas
    done = subprocess.run([sys.executable, "-c", BUSY], env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    count, busy = map(int, done.stdout.split())
    return count, busy


@pytest.mark.parametrize("blas", [None, "4"])
@pytest.mark.parametrize("threads", [1, 2])
def test_threads_of_blas_do_not_fight_those_of_the_kernels(threads, blas):
    # Threads that wait by spinning would take processor time from those that work.
    count, busy = busy_with(threads, blas)
    assert count == threads and 1 <= busy <= threads


def test_workers_give_blas_and_numba_the_same_threads():
    with engine.threads(2):
        done = subprocess.run([sys.executable, "-c", "import os, numba; print(numba.get_num_threads(), *(os.environ[n] for"
                               " n in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS')))"],
                              capture_output=True, text=True, timeout=300)
    assert done.stdout.split() == ["2"] * 4, done.stderr
