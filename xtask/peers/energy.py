"""Hopfield networks of the peers: energy.py PEER THREADS, PEER one of numpy and numba.

Parameters of a row: task (recall or hebb); of recall also ones, how many units are +1 in the states that we found. Units
are -1 and +1. A recall updates unit after unit until a sweep changes nothing; a unit keeps its state at zero.
"""

import os
import sys

PEER, THREADS = sys.argv[1], sys.argv[2]
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = THREADS

import numpy

import turns


def hebb(patterns):
    """The sum over patterns of outer products by one product of BLAS, with a diagonal of zeros."""
    weights = patterns.T @ patterns
    numpy.fill_diagonal(weights, 0.0)
    return weights


def row_by_row(weights, state):
    """The net input of every unit anew: the plain way in numpy, and the one of the packages."""
    changed = True
    while changed:
        changed = False
        for unit in range(len(state)):
            field = weights[unit] @ state
            if field * state[unit] < 0.0:
                state[unit] = -state[unit]
                changed = True
    return state


def compiled():
    """Fields kept up to date, compiled; made once before the clock starts."""
    import numba

    @numba.njit(fastmath=True)
    def recall(weights, state):
        fields = weights @ state
        changed = True
        while changed:
            changed = False
            for unit in range(len(state)):
                if fields[unit] * state[unit] < 0.0:
                    state[unit] = -state[unit]
                    fields += (2.0 * state[unit]) * weights[unit]
                    changed = True
        return state

    return {"numba": numba.__version__}, recall


def set_up_with(recall):
    def set_up(inputs, parameters):
        if parameters["task"] == "hebb":
            patterns = inputs["patterns"]

            def work(_):
                turns.finite(float(hebb(patterns)[0, 1]))
                return 1

            return work

        weights = inputs["weights"] if "weights" in inputs else hebb(inputs["patterns"])
        weights, cues = numpy.ascontiguousarray(weights), inputs["cues"]
        ends = numpy.array([recall(weights, cue.copy()) for cue in cues])
        ones = int((ends > 0.0).sum())
        if ones != parameters["ones"]:
            raise ArithmeticError(f"{ones} units are 1, expected {parameters['ones']}")

        def work(_):
            for cue in cues:
                recall(weights, cue.copy())
            return len(cues)

        return work

    return set_up


if __name__ == "__main__":
    versions, recall = {"numpy": numpy.__version__}, row_by_row
    if PEER == "numba":
        more, recall = compiled()
        versions |= more
    turns.serve(versions, set_up_with(recall))
