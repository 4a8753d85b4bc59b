"""LeNet in PyTorch: that of 1989 with its connection blocks and biases a unit, LeNet-5 plain and exact."""

import sys

import turns


def pytorch(threads):
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(threads)

    class LeNet1989(torch.nn.Module):
        """As well-known: H2 in three blocks of four maps, each on eight maps of H1; borders of -1."""

        def __init__(self):
            super().__init__()
            uniform = lambda fan_in, *shape: torch.nn.Parameter((torch.rand(*shape) - 0.5) * 2 * 2.4 / fan_in**0.5)
            zeros = lambda *shape: torch.nn.Parameter(torch.zeros(*shape))
            self.h1, self.h1_bias = uniform(25, 12, 1, 5, 5), zeros(12, 8, 8)
            self.h2, self.h2_bias = uniform(200, 12, 8, 5, 5), zeros(12, 4, 4)
            self.h3, self.h3_bias = uniform(192, 192, 30), zeros(30)
            self.out, self.out_bias = uniform(30, 30, 10), torch.nn.Parameter(-torch.ones(10))

        def forward(self, x):
            pad = lambda x: F.pad(x, (2, 2, 2, 2), "constant", -1.0)
            x = torch.tanh(F.conv2d(pad(x), self.h1, stride=2) + self.h1_bias)
            x = pad(x)
            blocks = (x[:, 0:8], x[:, 4:12], torch.cat((x[:, 0:4], x[:, 8:12]), dim=1))
            x = torch.cat([F.conv2d(block, self.h2[4 * k : 4 * k + 4], stride=2) for k, block in enumerate(blocks)], 1)
            x = torch.tanh(x + self.h2_bias).flatten(1)
            x = torch.tanh(x @ self.h3 + self.h3_bias)
            return torch.tanh(x @ self.out + self.out_bias)

    def plain():
        tanh = torch.nn.Tanh
        return torch.nn.Sequential(
            torch.nn.Conv2d(1, 6, 5), tanh(), torch.nn.AvgPool2d(2), torch.nn.Conv2d(6, 16, 5), tanh(),
            torch.nn.AvgPool2d(2), torch.nn.Conv2d(16, 120, 5), tanh(), torch.nn.Flatten(),
            torch.nn.Linear(120, 84), tanh(), torch.nn.Linear(84, 10),
        )  # fmt: skip

    class Exact(torch.nn.Module):
        """C3 by its table as a mask, trainable subsampling, distances to codes."""

        TABLE = ["012", "123", "234", "345", "045", "015", "0123", "1234", "2345", "0345", "0145", "0125", "0134",
                 "1245", "0235", "012345"]  # fmt: skip

        def __init__(self):
            super().__init__()
            self.c1, self.c3 = torch.nn.Conv2d(1, 6, 5), torch.nn.Conv2d(6, 16, 5)
            self.c5, self.f6 = torch.nn.Conv2d(16, 120, 5), torch.nn.Linear(120, 84)
            self.s2, self.s2_bias = torch.nn.Parameter(torch.ones(6, 1, 1)), torch.nn.Parameter(torch.zeros(6, 1, 1))
            self.s4, self.s4_bias = torch.nn.Parameter(torch.ones(16, 1, 1)), torch.nn.Parameter(torch.zeros(16, 1, 1))
            mask = torch.zeros(16, 6, 1, 1)
            for row, sees in enumerate(self.TABLE):
                for below in sees:
                    mask[row, int(below)] = 1.0
            self.register_buffer("mask", mask)
            self.register_buffer("codes", torch.randint(0, 2, (10, 84)) * 2.0 - 1.0)

        def forward(self, x):
            squash = lambda a: 1.7159 * torch.tanh(2 / 3 * a)
            x = squash(self.c1(x))
            x = squash(self.s2 * F.avg_pool2d(x, 2) + self.s2_bias)
            x = squash(F.conv2d(x, self.c3.weight * self.mask, self.c3.bias))
            x = squash(self.s4 * F.avg_pool2d(x, 2) + self.s4_bias)
            x = squash(self.f6(squash(self.c5(x)).flatten(1)))
            return ((x[:, None, :] - self.codes) ** 2).sum(2)

    def set_up(inputs, parameters):
        torch.manual_seed(1989)
        kind, batch = parameters["network"], parameters["batch"]
        network = {"1989": LeNet1989, "plain": plain, "exact": Exact}[kind]()
        side = 16 if kind == "1989" else 32
        samples = torch.from_numpy(inputs["samples"]).reshape(-1, 1, side, side)
        targets = torch.from_numpy(inputs["targets"])
        classes = targets.argmax(1)
        rubbish = torch.tensor(84.0)

        def loss_of(output, target, label):
            if kind == "1989":
                return F.mse_loss(output, target)
            if kind == "plain":
                return F.cross_entropy(output, label)
            right = output.gather(1, label[:, None]).squeeze(1)
            others = torch.logsumexp(torch.cat((-output, -rubbish.expand(len(output), 1)), 1), 1)
            return (right + others).mean()

        optimizer = torch.optim.SGD(network.parameters(), lr=parameters["learning_rate"])
        steps = list(zip(samples.split(batch), targets.split(batch), classes.split(batch)))
        # Some dozens of steps for each look at the clock, not all of them where a step is slow.
        steps = steps[: max(10, 6400 // batch)]
        done = sum(len(x) for x, _, _ in steps)

        def train(_):
            losses = []
            for x, target, label in steps:
                optimizer.zero_grad()
                loss = loss_of(network(x), target, label)
                loss.backward()
                optimizer.step()
                losses.append(loss.detach())
            turns.finite(torch.stack(losses).mean().item())
            return done

        def answer(_):
            with torch.inference_mode():
                for x, _, _ in steps:
                    output = network(x)
            turns.finite(output.mean().item())
            return done

        return train if parameters["train"] else answer

    return {"PyTorch": torch.__version__}, set_up


if __name__ == "__main__":
    peer, threads = sys.argv[1], int(sys.argv[2])
    turns.serve(*{"PyTorch": pytorch}[peer](threads))
