"""Golden vectors of a small network: outputs, losses, gradients and optimizer steps, computed by PyTorch in float64.

Usage: python make_torch_golden.py torch.safetensors   (torch 2.15.0, safetensors 0.8.0)
"""
import sys

import torch
from safetensors.torch import save_file

torch.manual_seed(1986)
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

INPUTS, HIDDEN, OUTPUTS, SAMPLES = 7, 9, 6, 8
ACTIVATIONS = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": lambda a: torch.nn.functional.leaky_relu(a, 0.01),
    "gelu": torch.nn.functional.gelu,
    "gelu_tanh": lambda a: torch.nn.functional.gelu(a, approximate="tanh"),
}
LOSSES = {
    "half_squared_error": lambda y, t: 0.5 * ((y - t) ** 2).sum() / SAMPLES,
    "mean_squared_error": torch.nn.functional.mse_loss,
    "softmax_cross_entropy": lambda y, t: torch.nn.functional.cross_entropy(y, t),
    "sigmoid_cross_entropy": lambda y, t: torch.nn.functional.binary_cross_entropy_with_logits(y, t) * OUTPUTS,
}
OPTIMIZERS = {
    "gradient_descent": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.01),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    "rms_prop": lambda p: torch.optim.RMSprop(p, lr=0.01),
    "ada_grad": lambda p: torch.optim.Adagrad(p, lr=0.1),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "adam_w": lambda p: torch.optim.AdamW(p, lr=0.01),
    "rprop": lambda p: torch.optim.Rprop(p, lr=0.01),
}

golden = {
    "x": torch.randn(SAMPLES, INPUTS),
    "t": torch.softmax(torch.randn(SAMPLES, OUTPUTS), 1),
    "layers.0.weight": torch.randn(HIDDEN, INPUTS) * 0.5,
    "layers.0.bias": torch.randn(HIDDEN) * 0.3,
    "layers.1.weight": torch.randn(OUTPUTS, HIDDEN) * 0.5,
    "layers.1.bias": torch.randn(OUTPUTS) * 0.3,
}
NAMES = [name for name in golden if name.startswith("layers")]


def parameters():
    return [golden[name].clone().requires_grad_() for name in NAMES]


def forward(p, activation):
    return activation(golden["x"] @ p[0].T + p[1]) @ p[2].T + p[3]


for activation_name, activation in ACTIVATIONS.items():
    for loss_name, loss in LOSSES.items():
        p = parameters()
        y = forward(p, activation)
        value = loss(y, golden["t"])
        value.backward()
        case = f"{activation_name}.{loss_name}"
        golden[f"{case}.loss"] = value.detach().reshape(1)
        for name, tensor in zip(NAMES, p):
            golden[f"{case}.{name}"] = tensor.grad.clone()
for optimizer_name, make in OPTIMIZERS.items():
    p = parameters()
    optimizer = make(p)
    for _ in range(20):
        optimizer.zero_grad()
        LOSSES["softmax_cross_entropy"](forward(p, torch.tanh), golden["t"]).backward()
        optimizer.step()
    for name, tensor in zip(NAMES, p):
        golden[f"{optimizer_name}.{name}"] = tensor.detach().clone()

# Other links: the decoder is the encoder transposed, a shortcut leads from the inputs to the outputs, sigmoid outputs.
golden["linked.layers.1.bias"] = torch.randn(INPUTS) * 0.3
golden["linked.shortcut"] = torch.randn(INPUTS, INPUTS) * 0.5
x, w, b, c, s = (
    golden[name].clone().requires_grad_()
    for name in ["x", "layers.0.weight", "layers.0.bias", "linked.layers.1.bias", "linked.shortcut"]
)
y = torch.sigmoid(torch.tanh(x @ w.T + b) @ w + c + x @ s.T)
value = 0.5 * ((y - golden["x"]) ** 2).sum()
value.backward()
golden["linked.loss"] = value.detach().reshape(1)
for name, tensor in [("layers.0.weight", w), ("layers.0.bias", b), ("layers.1.bias", c), ("shortcut.weight", s)]:
    golden[f"linked.gradient.{name}"] = tensor.grad.clone()
golden["linked.gradient.inputs"] = x.grad.clone()

# A sparse autoencoder: sigmoid code, linear outputs, half the squared error plus a penalty on the mean code, five steps.
RHO, BETA, STEPS, RATE = 0.1, 3.0, 5, 0.1
golden["sparse.layers.1.weight"] = torch.randn(INPUTS, HIDDEN) * 0.5
names = ["layers.0.weight", "layers.0.bias", "sparse.layers.1.weight", "linked.layers.1.bias"]
p = [golden[name].clone().requires_grad_() for name in names]
optimizer = torch.optim.SGD(p, lr=RATE)
for _ in range(STEPS):
    optimizer.zero_grad()
    code = torch.sigmoid(golden["x"] @ p[0].T + p[1])
    y = code @ p[2].T + p[3]
    mean = code.mean(0)
    penalty = RHO * torch.log(RHO / mean) + (1 - RHO) * torch.log((1 - RHO) / (1 - mean))
    (0.5 * ((y - golden["x"]) ** 2).sum() / SAMPLES + BETA * penalty.sum()).backward()
    optimizer.step()
for name, tensor in zip(NAMES, p):
    golden[f"sparse.{name}"] = tensor.detach().clone() if name != "layers.1.weight" else golden["sparse.layers.1.weight"]
golden["sparse.trained.layers.1.weight"] = p[2].detach().clone()

# Weighted samples: the weighted sum of the losses over the number of samples, five steps.
golden["weighted.weights"] = torch.rand(SAMPLES) * 2
p = parameters()
optimizer = torch.optim.SGD(p, lr=RATE)
for _ in range(STEPS):
    optimizer.zero_grad()
    losses = torch.nn.functional.cross_entropy(forward(p, torch.tanh), golden["t"], reduction="none")
    ((losses * golden["weighted.weights"]).sum() / SAMPLES).backward()
    optimizer.step()
for name, tensor in zip(NAMES, p):
    golden[f"weighted.{name}"] = tensor.detach().clone()

save_file({name: tensor.contiguous() for name, tensor in golden.items()}, sys.argv[1], {"torch": torch.__version__})
