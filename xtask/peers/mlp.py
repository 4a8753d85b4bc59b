"""Multilayer perceptrons of the peers: mlp.py PEER THREADS, PEER one of scikit-learn and PyTorch.

Parameters of a row: layers (sizes, inputs first), hidden (relu or sigmoid), output (softmax, sigmoid or linear), batch,
learning_rate, momentum (0 for plain gradient descent), unit (samples or steps). 32-bit numbers, the loss of every batch
evaluated, samples in the order in which they lie.
"""

import sys
import time
import warnings

import turns


def pytorch(threads):
    """Eager PyTorch: tensors and slices made once, the losses fetched together and not one by one."""
    import torch

    torch.set_num_threads(threads)

    def set_up(inputs, parameters):
        torch.manual_seed(1986)
        layers, modules = parameters["layers"], []
        hidden = {"relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid}[parameters["hidden"]]
        for below, units in zip(layers, layers[1:]):
            modules += [torch.nn.Linear(below, units), hidden()]
        modules.pop()
        samples, targets = torch.from_numpy(inputs["samples"]), torch.from_numpy(inputs["targets"])
        if parameters["output"] == "softmax":
            loss_of, targets = torch.nn.CrossEntropyLoss(), targets.argmax(1)
        else:
            loss_of = torch.nn.MSELoss()
            if parameters["output"] == "sigmoid":
                modules.append(torch.nn.Sigmoid())
        network = torch.nn.Sequential(*modules)
        optimizer = torch.optim.SGD(
            network.parameters(), lr=parameters["learning_rate"], momentum=parameters["momentum"]
        )
        batch = parameters["batch"]
        steps = list(zip(samples.split(batch), targets.split(batch)))
        # Some dozens of steps for each look at the clock.
        epochs = -(-50 // len(steps))
        done = epochs * (len(samples) if parameters["unit"] == "samples" else len(steps))

        def work(_):
            losses = []
            for _ in range(epochs):
                for x, t in steps:
                    optimizer.zero_grad()
                    loss = loss_of(network(x), t)
                    loss.backward()
                    optimizer.step()
                    losses.append(loss.detach())
            turns.finite(torch.stack(losses).mean().item())
            return done

        return work

    return {"PyTorch": torch.__version__}, set_up


def scikit_learn(_threads):
    """MLPClassifier, or MLPRegressor for linear outputs: several epochs a call of fit, so that its checks of the data weigh little.

    Its sigmoid outputs come with the cross-entropy; the squared error would leave them linear. The work is the same.
    """
    import sklearn
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    warnings.filterwarnings("ignore")
    sklearn.set_config(assume_finite=True)

    def set_up(inputs, parameters):
        samples, targets = inputs["samples"], inputs["targets"]
        # Classes make softmax outputs, several independent yes or no make sigmoid outputs.
        if parameters["output"] == "linear":
            pass
        elif parameters["output"] == "softmax":
            targets = targets.argmax(1)
        elif targets.shape[1] == 1:
            targets = targets[:, 0].astype(int)
        else:
            targets = targets.astype(int)
        model = MLPRegressor if parameters["output"] == "linear" else MLPClassifier
        network = model(
            hidden_layer_sizes=parameters["layers"][1:-1],
            activation={"relu": "relu", "sigmoid": "logistic"}[parameters["hidden"]],
            solver="sgd",
            alpha=0.0,
            batch_size=parameters["batch"],
            learning_rate="constant",
            learning_rate_init=parameters["learning_rate"],
            momentum=parameters["momentum"],
            nesterovs_momentum=False,
            max_iter=1,
            shuffle=False,
            random_state=1986,
            tol=0.0,
            n_iter_no_change=10**9,
            warm_start=True,
        )
        count = len(samples)
        per_epoch = count if parameters["unit"] == "samples" else -(-count // parameters["batch"])
        seconds_of_epoch = None

        def work(seconds):
            nonlocal seconds_of_epoch
            if seconds_of_epoch is None:
                network.fit(samples, targets)
                seconds_of_epoch = seconds
            epochs = max(1, round(seconds / seconds_of_epoch))
            network.set_params(max_iter=epochs)
            start = time.perf_counter()
            network.fit(samples, targets)
            seconds_of_epoch = (time.perf_counter() - start) / epochs
            turns.finite(network.loss_)
            return epochs * per_epoch

        return work

    return {"scikit-learn": sklearn.__version__}, set_up


if __name__ == "__main__":
    peer, threads = sys.argv[1], int(sys.argv[2])
    turns.serve(*{"PyTorch": pytorch, "scikit-learn": scikit_learn}[peer](threads))
