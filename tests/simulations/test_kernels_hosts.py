"""The tile kernels give the same bits when compiled for AVX-512, AVX2 and plain x86-64, in processes of their own."""

import os
import platform
import subprocess
import sys

import pytest

PROGRAM = """
import hashlib
import numpy as np
from theorycheck_simulations.data import sample
from theorycheck_simulations.layout import host_tiles
from theorycheck_simulations.network import train_network
from theorycheck_simulations.setting import ACTIVATIONS, OBJECTIVES, Setting
digest = hashlib.sha256()
for activation in ACTIVATIONS:
    for objective in OBJECTIVES:
        setting = Setting(k=3, d=19, n_R=2, n_N=9, m=5, N=53, T=12, eta=0.3, sigma_n=0.3, sigma_0=0.3, epsilon=0.3,
                          eta_tilde=2.0, ascent_steps=2, activation=activation, objective=objective)
        data = sample(setting, 2, patches="random")
        run = train_network(data, 3, adversarial=True, stride=4, psi=True, kernel="tiles")
        plain = train_network(data, 3, kernel="tiles")
        for array in (run.W, run.psi, run.trajectory.F, plain.W):
            assert np.isfinite(array).all()
            digest.update(array.tobytes())
wide = Setting(k=2, d=300, n_N=1, m=2, N=6, T=20, eta=0.3, sigma_n=0.3, sigma_0=0.3)
run = train_network(sample(wide, 1), 1, kernel="tiles", reduce=True)
digest.update(run.W.tobytes())
print(len(host_tiles().rows), digest.hexdigest())
"""
HOSTS = {"AVX-512": {}, "AVX2": {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma"},
         "x86-64": {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": "+sse2"}}


def run_for(host: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=os.environ | HOSTS[host], capture_output=True, text=True,
                          timeout=900)
    assert done.returncode == 0, done.stderr
    rows, digest = done.stdout.split()
    return int(rows), digest


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() != "x86_64", reason="instruction sets of x86-64")
def test_same_bits_for_every_instruction_set():
    found = {host: run_for(host) for host in HOSTS}
    assert len({digest for _, digest in found.values()}) == 1
    assert found["AVX2"][0] == found["x86-64"][0] == 1  # and other tiles than with AVX-512
