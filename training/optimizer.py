"""The optimizer of the embedded model, over all parameters as one flat vector."""
import math

import torch


class Optimizer:
    """AdamW with clipping, a schedule and a moving average of the weights."""

    def __init__(self, model, gradient, options):
        self.model, self.options, self.rate = model, options, 0.0
        parameters = dict(model.named_parameters())
        self.weights = torch.cat([p.detach().reshape(-1) for p in parameters.values()])
        self.decays = torch.cat([torch.full((p.numel(),), float(is_matrix(name)), device=p.device) for name, p in parameters.items()])
        self.average = self.weights.clone()
        self.first, self.second = torch.zeros_like(self.weights), torch.zeros_like(self.weights)
        self.views = []
        for p in parameters.values():
            place = slice(sum(v.numel() for v, _ in self.views), None)
            p.data = self.weights[place][: p.numel()].view_as(p)
            p.grad = gradient[place][: p.numel()].view_as(p)
            self.views.append((p, place))

    def update(self, gradients, step, fraction):
        options = self.options
        gradient = gradients.mean(0)
        gradient *= (1 / (gradient.norm() + 1e-6)).clamp(max=1)
        self.rate = options.rate * min(1, (step + 1) / options.warmup) * (0.04 + 0.96 * 0.5 * (1 + math.cos(math.pi * min(1, fraction))))
        self.first.lerp_(gradient, 0.1)
        self.second.lerp_(gradient * gradient, 0.02)
        size = (self.second / (1 - 0.98 ** (step + 1))).sqrt_().add_(1e-8)
        self.weights.mul_(1 - self.rate * options.decay * self.decays)
        self.weights.addcdiv_(self.first, size, value=-self.rate / (1 - 0.9 ** (step + 1)))
        self.average.lerp_(self.weights, 1.0 if step < options.warmup else 1 - options.ema)

    def averaged(self):
        return Exchanged(self)

    def state(self):
        """Named tensors of weights and moving average, and the optimizer's flat vectors."""
        weights = {name: p.detach().cpu().clone() for name, p in self.model.named_parameters()}
        with self.averaged():
            ema = {name: p.detach().cpu().clone() for name, p in self.model.named_parameters()}
        return {"weights": weights, "ema": ema, "optimizer": {"first": self.first.cpu(), "second": self.second.cpu()}}

    def restore(self, saved):
        self.first.copy_(saved["optimizer"]["first"])
        self.second.copy_(saved["optimizer"]["second"])
        self.average.copy_(torch.cat([saved["ema"][name].reshape(-1) for name, _ in self.model.named_parameters()]))


class Exchanged:
    """While entered, the model's parameters hold the moving average."""

    def __init__(self, optimizer):
        self.weights, self.average = optimizer.weights, optimizer.average

    def swap(self, *_):
        kept = self.weights.clone()
        self.weights.copy_(self.average)
        self.average.copy_(kept)

    __enter__ = __exit__ = swap


def is_matrix(name):
    return name.rsplit(".", 1)[-1] in ("embedding", "qkv", "out", "up", "down")
