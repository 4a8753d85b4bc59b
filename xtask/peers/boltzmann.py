"""Boltzmann machines of the peers: boltzmann.py PEER THREADS, PEER one of dwave-samplers, numpy, PyTorch, scikit-learn.

Parameters of a row: task (gibbs, annealing, log_z or rbm) and what the task needs. A call of dwave-samplers builds its lists of
neighbors anew; the time of a call without sweeps is taken off.
"""

import math
import os
import sys
import time

PEER, THREADS = sys.argv[1], sys.argv[2]
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = THREADS

import numpy

import turns


def dwave():
    import dwave.samplers
    from dwave.samplers.sa.simulated_annealing import simulated_annealing

    def set_up(inputs, parameters):
        if parameters["task"] == "gibbs":
            couplings = inputs["couplings"]
            units = len(couplings)
            starts, ends = (side.tolist() for side in numpy.triu_indices(units, 1))
            weights = [-float(couplings[i, j]) for i, j in zip(starts, ends)]
            beta, sweeps, rule = [1.0 / parameters["temperature"]], 1000, "Gibbs"
        else:
            units = parameters["vertices"]
            starts, ends = (side.astype(int).tolist() for side in inputs["edges"].T)
            weights = [1.0] * len(starts)
            beta = numpy.geomspace(0.1, 3.0, parameters["sweeps"]).tolist()
            sweeps, rule = 1, "Metropolis"
        random = numpy.random.default_rng(1)

        def call(sweeps, beta):
            state = (2 * random.integers(0, 2, (1, units)) - 1).astype(numpy.int8)
            seed = int(random.integers(1, 2**31))
            start = time.perf_counter()
            simulated_annealing(1, [0.0] * units, starts, ends, weights, sweeps, beta, seed, state, False, rule, None)
            return time.perf_counter() - start

        without = min(call(0, beta[:1]) for _ in range(3))

        def work(_):
            seconds = call(sweeps, beta)
            done = units * sweeps * len(beta)
            return done * seconds / max(seconds - without, 0.1 * seconds)

        return work

    return {"dwave-samplers": dwave.samplers.__version__}, set_up


def numpy_peer():
    """Energies of all states by doubling, then one logarithm of a sum."""

    def set_up(inputs, parameters):
        weights = inputs["weights"].astype(numpy.float64)
        units = len(weights)

        def log_z():
            energies = numpy.zeros(1)
            for unit in range(units):
                fields = numpy.zeros(1)
                for other in range(unit):
                    fields = numpy.concatenate([fields, fields + weights[unit, other]])
                energies = numpy.concatenate([energies, energies + fields])
            highest = energies.max()
            return highest + math.log(numpy.exp(energies - highest).sum())

        if abs(log_z() - parameters["expected"]) > 1e-8:
            raise ArithmeticError(f"ln Z is {log_z()}, expected {parameters['expected']}")

        def work(_):
            turns.finite(log_z())
            return 1

        return work

    return {"numpy": numpy.__version__}, set_up


def pytorch():
    import torch

    torch.set_num_threads(int(THREADS))

    def set_up(inputs, parameters):
        torch.manual_seed(1)
        samples = torch.from_numpy(inputs["samples"])
        batch, hidden = parameters["batch"], parameters["hidden"]
        weights = 0.01 * torch.randn(hidden, samples.shape[1])
        a, b = torch.zeros(samples.shape[1]), torch.zeros(hidden)

        def work(_):
            for v in samples.split(batch):
                p = torch.sigmoid(torch.addmm(b, v, weights.T))
                h = torch.bernoulli(p)
                w = torch.bernoulli(torch.sigmoid(torch.addmm(a, h, weights)))
                q = torch.sigmoid(torch.addmm(b, w, weights.T))
                rate = 0.01 / len(v)
                weights.addmm_(p.T, v, alpha=rate).addmm_(q.T, w, alpha=-rate)
                a.add_((v - w).sum(0), alpha=rate)
                b.add_((p - q).sum(0), alpha=rate)
            turns.finite(float(weights[0, 0]))
            return len(samples)

        return work

    return {"PyTorch": torch.__version__}, set_up


def scikit_learn():
    import sklearn
    from sklearn.neural_network import BernoulliRBM

    def set_up(inputs, parameters):
        samples = inputs["samples"]
        machine = BernoulliRBM(parameters["hidden"], learning_rate=0.01, batch_size=parameters["batch"], n_iter=1)

        def work(_):
            machine.fit(samples)
            return len(samples)

        return work

    return {"scikit-learn": sklearn.__version__}, set_up


if __name__ == "__main__":
    peers = {"dwave-samplers": dwave, "numpy": numpy_peer, "PyTorch": pytorch, "scikit-learn": scikit_learn}
    turns.serve(*peers[PEER]())
