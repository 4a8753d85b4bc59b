"""Golden numbers of LeNet of 1989 and LeNet-5: losses along steps of gradient descent, and sums over every parameter after them,
computed by PyTorch in float64.

Usage: python make_lenet_golden.py lenet.safetensors   (torch 2.15.0, safetensors 0.8.0)
"""
import sys

import torch
from lenet import LeNet1989, LeNet5, codes, fill, numbers, samples
from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

SAMPLES = 6
LABELS = torch.tensor([(7 * sample + 1) % 10 for sample in range(SAMPLES)])
golden = {}


def mean_squared_error(y, labels):
    targets = 2 * torch.nn.functional.one_hot(labels, 10) - 1
    return ((y - targets) ** 2).mean(1)


def maximum_a_posteriori(y, labels):
    rubbish = torch.full((len(y), 1), -84.0)
    competition = torch.logsumexp(torch.cat([rubbish, -y], 1), 1)
    return y.gather(1, labels[:, None])[:, 0] + competition


def record(case, network, losses):
    golden[f"{case}.losses"] = torch.tensor(losses)
    for index, (name, parameter) in enumerate(network.named_parameters()):
        # A sum with weights of its own for every place, so that no two places can be exchanged.
        golden[f"{case}.{name}"] = (parameter.detach() * numbers(200 + index, parameter.shape)).sum().reshape(1)


for name, make, loss, rate in [
    ("lenet_1989", LeNet1989, mean_squared_error, 0.05),
    ("lenet_5", lambda: LeNet5(codes()), maximum_a_posteriori, 0.0002),
]:
    for case, size, epochs in [("online", 1, 2), ("batch", SAMPLES, 5)]:
        network = make()
        fill(network)
        x, losses = samples(network, SAMPLES), []
        optimizer = torch.optim.SGD(network.parameters(), lr=rate)
        for _ in range(epochs):
            of_epoch = []
            for first in range(0, SAMPLES, size):
                optimizer.zero_grad()
                values = loss(network(x[first : first + size]), LABELS[first : first + size])
                values.mean().backward()
                optimizer.step()
                of_epoch += values.tolist()
            losses.append(sum(of_epoch) / SAMPLES)
        record(f"{name}.{case}", network, losses)
        print(name, case, losses)

save_file({name: tensor.contiguous() for name, tensor in golden.items()}, sys.argv[1], {"torch": torch.__version__})
