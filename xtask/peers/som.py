"""Self-organizing maps of the peers: som.py PEER THREADS, PEER one of MiniSom, somoclu and XPySom.

Inputs: samples, and the codebook to begin with (units row by row). Parameters of a row: rows, columns, algorithm (batch
or online), epochs (batch), radius and last_radius (sigma of exp(-d^2 / (2 sigma^2)), linear in between), learning_rate
(online: MiniSom's, linear to zero).

A unit of work is an epoch in batches, a sample online. Every call trains the same map from the same beginning; its
quantization and topographic error, by our own formulas below, stand beside ours.
"""

import sys

import numpy
import turns


def quality(samples, codebook, columns):
    """Mean distance from the best unit, and the share of samples whose best two units do not touch (8 neighbors).

    Of equal units the lowest is the best and the next the second: far from all samples many are equal to the last bit.
    """
    distinct, place = numpy.unique(codebook.astype(numpy.float64), axis=0, return_inverse=True)
    units, counts = numpy.argsort(place.ravel(), kind="stable"), numpy.bincount(place.ravel())
    starts = counts.cumsum() - counts
    lowest, twin = units[starts], units[starts + (counts > 1)]
    half = 0.5 * (distinct**2).sum(1)
    distance, torn = 0.0, 0
    for start in range(0, len(samples), 1000):
        x = samples[start : start + 1000].astype(numpy.float64)
        best = numpy.argpartition(half - x @ distinct.T, 2, axis=1)[:, :3]
        # Again without cancellation.
        exact = ((x[:, None, :] - distinct[best]) ** 2).sum(2)
        order = numpy.take_along_axis(best, exact.argsort(1), axis=1)
        distance += numpy.sqrt(exact.min(1)).sum()
        first, second = order[:, 0], order[:, 1]
        second = numpy.where(counts[first] > 1, twin[first], lowest[second])
        (r0, c0), (r1, c1) = (numpy.divmod(unit, columns) for unit in (lowest[first], second))
        torn += int(((abs(r0 - r1) > 1) | (abs(c0 - c1) > 1)).sum())
    return {
        "quantization error": turns.finite(distance / len(samples)),
        "topographic error": torn / len(samples),
    }


def set_up_with(train):
    """train(samples, codebook of rows x columns x features, parameters) -> the trained codebook, units row by row."""

    def set_up(inputs, parameters):
        samples, codebook = inputs["samples"], inputs["codebook"]
        rows, columns = parameters["rows"], parameters["columns"]
        online = parameters["algorithm"] == "online"
        units = len(samples) if online else parameters["epochs"]
        last = []

        def work(_):
            beginning = codebook.reshape(rows, columns, -1).copy()
            last[:] = [train(samples, beginning, parameters)]
            return units

        known = {}

        def results():
            if not known:
                known.update(quality(samples, last[0].reshape(rows * columns, -1), columns))
            return known

        work.results = results
        return work

    return set_up


def minisom(_threads):
    """Online: train, samples in their order. Batch: train_batch_offline with learning rate 1."""
    from importlib.metadata import version

    from minisom import MiniSom

    def train(samples, codebook, parameters):
        rows, columns, features = codebook.shape
        online = parameters["algorithm"] == "online"
        radius, last = parameters["radius"], parameters["last_radius"]
        # Its first index is ours along a row.
        network = MiniSom(
            columns,
            rows,
            features,
            sigma=radius,
            learning_rate=parameters["learning_rate"] if online else 1.0,
            sigma_decay_function="linear_decay_to_one",
            decay_function="linear_decay_to_zero",
        )
        if not online:
            # Its own laws never reach their end, and its rate would mix the old codebook in.
            network._sigma_decay_function = lambda s, t, n: s + (last - s) * t / max(n - 1, 1)
            network._learning_rate_decay_function = lambda rate, t, n: rate
        network._weights = codebook.transpose(1, 0, 2).astype(numpy.float64)
        if online:
            network.train(samples, len(samples))
        else:
            network.train_batch_offline(samples, parameters["epochs"])
        return network.get_weights().transpose(1, 0, 2)

    return {"MiniSom": version("minisom")}, set_up_with(train)


def somoclu(_threads):
    """The dense CPU kernel; its standard deviation set to the radius, and no cut-off."""
    from importlib.metadata import version

    from somoclu import Somoclu

    def train(samples, codebook, parameters):
        rows, columns, _ = codebook.shape
        network = Somoclu(columns, rows, initialcodebook=codebook, compactsupport=False, std_coeff=1.0)
        network.train(
            samples, epochs=parameters["epochs"], radius0=parameters["radius"], radiusN=parameters["last_radius"]
        )
        return network.codebook

    return {"somoclu": version("somoclu")}, set_up_with(train)


def xpysom(_threads):
    """numpy; its standard deviation set to the radius."""
    from contextlib import redirect_stdout
    from importlib.metadata import version

    # It says on the standard output, which is ours, that it found no graphics card.
    with redirect_stdout(sys.stderr):
        from xpysom import XPySom

    def train(samples, codebook, parameters):
        rows, columns, features = codebook.shape
        network = XPySom(
            columns,
            rows,
            features,
            sigma=parameters["radius"],
            sigmaN=parameters["last_radius"],
            decay_function="linear",
            std_coeff=1.0,
            xp=numpy,
        )
        network._weights = codebook.transpose(1, 0, 2).copy()
        network.train(samples, parameters["epochs"])
        return numpy.asarray(network._weights).transpose(1, 0, 2)

    return {"XPySom": version("xpysom")}, set_up_with(train)


if __name__ == "__main__":
    peer = {"MiniSom": minisom, "somoclu": somoclu, "XPySom": xpysom}[sys.argv[1]]
    turns.serve(*peer(int(sys.argv[2])))
