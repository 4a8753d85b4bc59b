"""Golden vectors of self-organizing maps: MiniSom and scikit-learn in float64, somoclu in float32.

Usage: python make_som_golden.py som.safetensors
(minisom 2.3.6, somoclu 1.7.6, scikit-learn 1.9.1, numpy 2.4.6, safetensors 0.8.0)

Maps are written unit by unit, along the rows of our lattice. MiniSom's first index runs along our rows; on a hexagonal
lattice it shifts every second row, counted from the last, by half a unit to the left. With an odd number of rows that is our
lattice, with an even number its mirror image.
"""
import sys

import numpy as np
from minisom import MiniSom
from safetensors.numpy import save_file
from sklearn.manifold import trustworthiness
from somoclu import Somoclu

random = np.random.RandomState(1982)
FEATURES, SAMPLES = 5, 120
# Three clusters, all values positive, so that the cosine distance has something to say.
x = np.abs(random.randn(3, FEATURES)[random.randint(3, size=SAMPLES)] + 0.5 * random.randn(SAMPLES, FEATURES)) + 0.1
golden = {"x": x}


def flat(weights, mirrored):
    """columns x rows x features to units x features."""
    weights = weights.transpose(1, 0, 2)
    return np.ascontiguousarray((weights[:, ::-1] if mirrored else weights).reshape(-1, weights.shape[2]))


def view(plane, mirrored):
    plane = plane.T
    return np.ascontiguousarray(plane[:, ::-1] if mirrored else plane)


def minisom(case, train, rows=6, columns=5, epochs=None, batch=False, **options):
    mirrored = options.get("topology") == "hexagonal" and rows % 2 == 0
    options = {"decay_function": "linear_decay_to_zero", "sigma_decay_function": "linear_decay_to_one", **options}
    constant = options["sigma_decay_function"] == "constant"
    if constant:
        options["sigma_decay_function"] = "asymptotic_decay"
    network = MiniSom(columns, rows, FEATURES, learning_rate=0.4, random_seed=3, **options)
    if constant:
        network._sigma_decay_function = lambda sigma, t, n: sigma
    network._weights = np.abs(random.randn(columns, rows, FEATURES)) + 0.1
    golden[f"{case}.beginning"] = flat(network._weights, mirrored)
    if batch:
        # The codebook of the batch rule itself, none of the old one mixed in.
        network._learning_rate_decay_function = lambda rate, t, n: 1.0
        network.train_batch_offline(x, epochs)
    elif epochs:
        network.train(x, epochs, use_epochs=True)
    else:
        network.train(x, train)
    golden[f"{case}.codebook"] = flat(network.get_weights(), mirrored)
    golden[f"{case}.errors"] = np.array([network.quantization_error(x), network.topographic_error(x)])
    golden[f"{case}.u_matrix"] = view(network.distance_map(scaling="mean"), mirrored)
    golden[f"{case}.hits"] = view(network.activation_response(x), mirrored)


TWICE = 2 * SAMPLES
minisom("gaussian", TWICE, sigma=2.5)
minisom("asymptotic", TWICE, sigma=2.0, decay_function="asymptotic_decay", sigma_decay_function="asymptotic_decay")
minisom("bubble", TWICE, sigma=2.0, neighborhood_function="bubble", sigma_decay_function="constant")
minisom("mexican_hat", SAMPLES, sigma=1.5, neighborhood_function="mexican_hat")
minisom("cosine", TWICE, sigma=2.0, activation_distance="cosine")
minisom("manhattan", TWICE, sigma=2.0, activation_distance="manhattan")
minisom("hexagonal_odd", TWICE, rows=7, sigma=2.0, topology="hexagonal")
minisom("hexagonal_even", TWICE, sigma=2.0, topology="hexagonal")
minisom("epochs", None, epochs=4, sigma=2.0)
minisom("batch", None, epochs=5, batch=True, sigma=2.5)
minisom("batch_hexagonal_odd", None, epochs=5, batch=True, rows=7, sigma=2.0, topology="hexagonal")
minisom("batch_hexagonal_even", None, epochs=5, batch=True, sigma=2.0, topology="hexagonal")

x32 = x.astype(np.float32)
for boundary in ["planar", "toroid"]:
    for name, options in {
        "gaussian": {"compactsupport": False},
        "compact": {"compactsupport": True},
        "bubble": {"compactsupport": False, "neighborhood": "bubble"},
    }.items():
        case = f"somoclu_{boundary}_{name}"
        beginning = (np.abs(random.randn(6, 5, FEATURES)) + 0.1).astype(np.float32)
        golden[f"{case}.beginning"] = beginning.reshape(-1, FEATURES).copy()
        network = Somoclu(5, 6, initialcodebook=beginning, maptype=boundary, std_coeff=1.0, **options)
        network.train(x32, epochs=5, radius0=3, radiusN=1)
        golden[f"{case}.codebook"] = np.ascontiguousarray(network.codebook.reshape(-1, FEATURES))

# Places on a chain without three in a row at equal distances: no ties, which every program breaks in its own way.
places = [int(np.base_repr(k, 2), 3) for k in range(32)]
points = random.randn(len(places), FEATURES)
golden["trustworthiness.points"] = points
golden["trustworthiness.places"] = np.array(places, dtype=np.float64)
on_chain = np.array(places, dtype=np.float64)[:, None]
golden["trustworthiness.values"] = np.array(
    [[trustworthiness(points, on_chain, n_neighbors=k), trustworthiness(on_chain, points, n_neighbors=k)] for k in [1, 5, 12]]
)

save_file({name: np.ascontiguousarray(array) for name, array in golden.items()}, sys.argv[1])
