"""LeNet of 1989 and LeNet-5 of 1998 as PyTorch modules whose parameters have the names and shapes of our files.

    network = LeNet5()
    network.load_state_dict(safetensors.torch.load_file("lenet5.safetensors"))
    distances = network(images)  # n x 1 x 32 x 32
"""
import torch
from torch import nn
from torch.nn import functional


def scaled_tanh(a):
    return 1.7159 * torch.tanh(2 / 3 * a)


class Convolution(nn.Module):
    """Kernels where the table has them, a border of one value, a bias a map or a unit."""

    def __init__(self, below, maps, kernel, stride=1, padding=0, background=0.0, table=None, bias_shape=None):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(maps, below, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(bias_shape or (maps,)))
        self.stride, self.padding, self.background = stride, padding, background
        table = table or [range(below)] * maps
        mask = [[float(i in row) for i in range(below)] for row in table]
        self.register_buffer("mask", torch.tensor(mask)[:, :, None, None], persistent=False)

    def forward(self, x):
        x = functional.pad(x, [self.padding] * 4, value=self.background)
        bias = self.bias if self.bias.dim() == 3 else self.bias[:, None, None]
        return scaled_tanh(functional.conv2d(x, self.weight * self.mask, stride=self.stride) + bias)


class Subsampling(nn.Module):
    """The sum of 2 x 2 values times the coefficient of the map, plus its bias."""

    def __init__(self, maps):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(maps)), nn.Parameter(torch.zeros(maps))

    def forward(self, x):
        sums = 4 * functional.avg_pool2d(x, 2)
        return scaled_tanh(self.weight[:, None, None] * sums + self.bias[:, None, None])


class Dense(nn.Module):
    def __init__(self, inputs, units):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(units, inputs)), nn.Parameter(torch.zeros(units))

    def forward(self, x):
        return scaled_tanh(x.flatten(1) @ self.weight.T + self.bias)


class LeNet1989(nn.Module):
    SHAPE = (1, 16, 16)

    def __init__(self):
        super().__init__()
        table = [sorted((first + i) % 12 for i in range(8)) for first in (0, 4, 8) for _ in range(4)]
        self.layers = nn.Sequential(
            Convolution(1, 12, 5, stride=2, padding=2, background=-1.0, bias_shape=(12, 8, 8)),
            Convolution(12, 12, 5, stride=2, padding=2, background=-1.0, table=table, bias_shape=(12, 4, 4)),
            Dense(192, 30),
            Dense(30, 10),
        )

    def forward(self, x):
        return self.layers(x)


TABLE_1 = """
X...XXX..XXXX.XX
XX...XXX..XXXX.X
XXX...XXX..X.XXX
.XXX..XXXX..X.XX
..XXX..XXXX.XX.X
...XXX..XXXX.XXX
""".split()


class LeNet5(nn.Module):
    """The outputs are squared distances to the codes, a column of 84 numbers for each class."""

    SHAPE = (1, 32, 32)

    def __init__(self, codes):
        super().__init__()
        table = [[i for i in range(6) if TABLE_1[i][m] == "X"] for m in range(16)]
        self.layers = nn.Sequential(
            Convolution(1, 6, 5),
            Subsampling(6),
            Convolution(6, 16, 5, table=table),
            Subsampling(16),
            Convolution(16, 120, 5),
            Dense(120, 84),
        )
        self.register_buffer("codes", codes, persistent=False)

    def forward(self, x):
        return ((self.layers(x)[:, :, None] - self.codes) ** 2).sum(1)


def number(tensor, index):
    """A number in [-0.5, 0.5) that Rust computes too: bits of the place, mixed."""
    bits = (index + 1_000_003 * (tensor + 1)) & 0xFFFFFFFF
    for shift, factor in [(16, 0x7FEB352D), (15, 0x846CA68B)]:
        bits = ((bits ^ (bits >> shift)) * factor) & 0xFFFFFFFF
    return (bits ^ (bits >> 16)) / 2**32 - 0.5


def numbers(tensor, shape):
    values = [number(tensor, index) for index in range(torch.Size(shape).numel())]
    return torch.tensor(values, dtype=torch.float64).reshape(shape)


def fill(network):
    """Every parameter from `number`, scaled to the square root of the weights of a unit; kernels outside of the table are zero."""
    for index, (name, parameter) in enumerate(network.named_parameters()):
        fan_in = parameter[0].numel() if parameter.dim() > 1 and name.endswith("weight") else 1
        values = numbers(index, parameter.shape) * 2 / fan_in**0.5
        with torch.no_grad():
            parameter.copy_(values)
    with torch.no_grad():
        for layer in network.layers:
            if isinstance(layer, Convolution):
                layer.weight *= layer.mask


def samples(network, count):
    return numbers(100, (count, *network.SHAPE)) * 2


def codes():
    """84 numbers of +-1 for each of ten classes."""
    return torch.where(numbers(101, (10, 84)).T < 0, -1.0, 1.0)
