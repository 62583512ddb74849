"""Trains the embedded model from a generator's endless stream, on the CPU's cores or one GPU.

    python3 train.py --config '{"vocabulary": 900}' --data "node generate.mjs" --out run --minutes 30 \\
        --probe binding=probes/binding.bin

On the CPU, one process per core, each with one thread and a generator of its own, averages gradients
through shared memory. `--out` receives checkpoint.pt (weights, their moving average "ema" for export,
optimizer, positions in the streams) and log.jsonl. SIGINT and SIGTERM save and exit with 0; `--resume`
goes on where the checkpoint stands. `--help` lists the rest.
"""
import argparse
import json
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import time
from pathlib import Path

# Read by BLAS when torch is loaded. OpenBLAS knows newer AVX-512 processors as AVX2 ones.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
if os.path.exists("/proc/cpuinfo") and "avx512f" in Path("/proc/cpuinfo").read_text():
    os.environ.setdefault("OPENBLAS_CORETYPE", "SKYLAKEX")

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402

from attention import kernel  # noqa: E402
from model import Model, complete  # noqa: E402
from optimizer import Optimizer  # noqa: E402
from sequences import Generator, batches, read_file  # noqa: E402

FRACTION, STOP, PROBE, SAVE = range(4)  # places in `control`, decided by rank 0 for all


def main():
    options = read_options()
    Path(options.out).mkdir(parents=True, exist_ok=True)
    saved = load(Path(options.out) / "checkpoint.pt") if options.resume else None
    if saved and (saved["config"], saved["processes"], saved["seed"]) != (options.config, options.processes, options.seed):
        sys.exit("the checkpoint was made with another config, number of processes or seed; nothing was changed")
    torch.manual_seed(options.seed)
    model = Model(options.config)
    if options.device == "cpu":
        kernel(options.config["width"] // options.config["heads"])
    if options.init:
        start_from(model, load(options.init))
    shared = Shared(options, sum(p.numel() for p in model.parameters()))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: shared.interrupted.fill_(1))
    if options.processes == 1:
        return Worker(0, options, model, shared, saved).run()
    sys.exit(run_workers(options, model, shared, saved))


def read_options():
    parser = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    add = parser.add_argument
    add("--config", required=True, help="JSON, or the path of a JSON file; 'vocabulary' is required")
    add("--data", required=True, help="the generator's command; --seed and --skip are added to it")
    add("--out", required=True, help="folder for checkpoint.pt and log.jsonl")
    add("--minutes", type=float, help="budget in minutes of wall clock (or --steps)")
    add("--steps", type=int, help="budget in steps")
    add("--tokens", type=int, default=6000, help="tokens of a step and process")
    add("--processes", type=int, help="default: the cores; 1 on a GPU")
    add("--seed", type=int, default=1)
    add("--rate", type=float, default=2e-3, help="highest learning rate")
    add("--warmup", type=int, default=150, help="steps until the highest learning rate")
    add("--decay", type=float, default=0.05, help="weight decay of matrices")
    add("--ema", type=float, default=0.999, help="of the weights' moving average")
    add("--probe", action="append", default=[], metavar="NAME=PATH", help="repeatable")
    add("--probe-minutes", type=float, default=2)
    add("--checkpoint-minutes", type=float, default=2)
    add("--report-seconds", type=float, default=20)
    add("--init", help="a checkpoint to take the weights from (its moving average), nothing else")
    add("--resume", action="store_true", help="go on from --out/checkpoint.pt")
    options = parser.parse_args()
    if (options.minutes is None) == (options.steps is None):
        parser.error("give either --minutes or --steps")
    text = options.config if options.config.lstrip().startswith("{") else Path(options.config).read_text()
    options.config = complete(json.loads(text))
    options.device = "cuda" if torch.cuda.is_available() else "cpu"
    options.processes = 1 if options.device == "cuda" else options.processes or len(os.sched_getaffinity(0))
    options.probe = dict(pair.split("=", 1) for pair in options.probe)
    return options


def load(path):
    try:
        return torch.load(path, map_location="cpu")
    except FileNotFoundError:
        sys.exit(f"there is no checkpoint at {path}")


def start_from(model, saved):
    theirs, ours = saved["config"], model.config
    if theirs != ours:
        differing = {name: (theirs.get(name), ours[name]) for name in ours if theirs.get(name) != ours[name]}
        sys.exit(f"--init has another config (its value, ours): {differing}")
    model.load_state_dict(saved["ema"])


class Shared:
    """What processes share: gradients, counts of probes, and rank 0's decisions for each step."""

    def __init__(self, options, parameters):
        count = options.processes
        self.gradients = torch.zeros(count, parameters, device=options.device)
        self.losses = torch.zeros(count, 2, dtype=torch.float64)   # loss, tokens
        self.taken = torch.zeros(count, dtype=torch.int64)
        self.probes = torch.zeros(count, max(1, len(options.probe)), 4)
        self.control = torch.zeros(4, dtype=torch.float64)
        self.interrupted = torch.zeros(1)
        self.barrier = None
        if count > 1:
            for tensor in (self.gradients, self.losses, self.taken, self.probes, self.control, self.interrupted):
                tensor.share_memory_()
            self.barrier = multiprocessing.get_context("fork").Barrier(count)

    def wait(self):
        if self.barrier:
            self.barrier.wait()


def run_workers(options, model, shared, saved):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=Worker(rank, options, model, shared, saved).run) for rank in range(options.processes)]
    for worker in workers:
        worker.start()
    alive = list(workers)
    while alive:
        multiprocessing.connection.wait([worker.sentinel for worker in alive], timeout=5)
        alive = [worker for worker in alive if worker.is_alive()]
        if any(worker.exitcode for worker in workers):
            shared.barrier.abort()  # the others would wait for the dead one for ever
    return max(abs(worker.exitcode) for worker in workers)


class Worker:
    def __init__(self, rank, options, model, shared, saved):
        self.rank, self.options, self.shared, self.saved = rank, options, shared, saved
        self.model, self.step, self.tokens, self.elapsed = model, 0, 0, 0.0
        self.parent = os.getpid() if options.processes > 1 else None  # made before the fork

    def run(self):
        self.prepare()
        try:
            while self.decide():
                self.train_step()
                if self.now[PROBE]:
                    self.probe()
                if self.now[SAVE] and self.rank == 0:
                    self.save()
            if self.now[PROBE]:
                self.probe()
            if self.rank == 0:
                self.save()
                self.say("end", step=self.step, minutes=round(self.minutes(), 2), interrupted=bool(self.shared.interrupted))
        finally:
            self.generator.close()

    def prepare(self):
        torch.set_num_threads(1)
        options, saved = self.options, self.saved
        if saved:
            self.model.load_state_dict(saved["weights"])
            self.step, self.tokens, self.elapsed = saved["step"], saved["tokens"], saved["elapsed"]
        self.model.to(options.device)
        self.optimizer = Optimizer(self.model, self.shared.gradients[self.rank], options)
        if saved:
            self.optimizer.restore(saved)
        skip = saved["positions"][self.rank] if saved else 0
        self.shared.taken[self.rank] = skip
        self.generator = Generator(options.data, options.seed * 1000 + self.rank, skip, options.config)
        self.probes = {name: read_file(path) for name, path in options.probe.items()}
        self.started = self.reported = self.probed = self.kept = time.monotonic()
        self.window = torch.zeros(2, dtype=torch.float64)
        self.since = [0, self.started]  # steps and time since the last report
        if self.rank == 0:
            self.log = open(Path(options.out) / "log.jsonl", "a")
            self.say("start", parameters=self.optimizer.weights.numel(), device=options.device,
                     processes=options.processes, step=self.step, config=options.config)

    def minutes(self):
        return (self.elapsed + time.monotonic() - self.started) / 60

    def decide(self):
        """Rank 0 decides for all whether to go on, probe and save; False at the end."""
        options, control, now = self.options, self.shared.control, time.monotonic()
        if self.rank == 0:
            fraction = self.step / options.steps if options.steps else self.minutes() / options.minutes
            orphaned = self.parent is not None and os.getppid() != self.parent
            interrupted = orphaned or bool(self.shared.interrupted)
            control[FRACTION] = fraction
            control[STOP] = interrupted or fraction >= 1
            control[PROBE] = not interrupted and (fraction >= 1 or now - self.probed >= options.probe_minutes * 60)
            control[SAVE] = now - self.kept >= options.checkpoint_minutes * 60
        self.shared.wait()
        self.now = control.tolist()  # rank 0 may write its next decisions before the others are through with these
        return not self.now[STOP]

    def train_step(self):
        options, shared = self.options, self.shared
        batch = self.generator.batch(options.tokens).to(options.device)
        shared.gradients[self.rank].zero_()
        loss = weighted_loss(self.model(batch), batch)
        loss.backward()
        shared.losses[self.rank] = torch.tensor([loss.item(), len(batch.tokens)])
        shared.taken[self.rank] = self.generator.taken
        shared.wait()
        self.optimizer.update(shared.gradients, self.step, self.now[FRACTION])
        self.step += 1
        self.tokens += int(shared.losses[:, 1].sum())
        self.window += torch.stack([shared.losses[:, 0].mean(), shared.losses[:, 1].sum()])
        if self.rank == 0 and time.monotonic() - self.reported >= options.report_seconds:
            self.report()

    def report(self):
        now, (steps, start) = time.monotonic(), self.since
        loss, tokens = self.window.tolist()
        self.say("train", step=self.step, minutes=round(self.minutes(), 2), fraction=round(self.now[FRACTION], 4),
                 tokens=self.tokens, perSecond=round(tokens / (now - start)), loss=round(loss / (self.step - steps), 4) if self.step > steps else None,
                 rate=self.optimizer.rate)
        self.window.zero_()
        self.since, self.reported = [self.step, now], now

    def probe(self):
        """Each rank judges its share of every probe file, with the averaged weights."""
        shared, ranks = self.shared, self.options.processes
        if self.probes:
            with self.optimizer.averaged(), torch.no_grad():
                for place, sequences in enumerate(self.probes.values()):
                    shared.probes[self.rank, place] = judge(self.model, sequences[self.rank::ranks], self.options)
            shared.wait()
        if self.rank == 0:
            for place, name in enumerate(self.probes):
                right, count, whole, sequences = shared.probes[:, place].sum(0).tolist()
                self.say("probe", name=name, step=self.step, accuracy=round(right / max(1, count), 4),
                         whole=round(whole / max(1, sequences), 4), places=int(count), sequences=int(sequences))
        self.probed = time.monotonic()

    def save(self):
        path = Path(self.options.out) / "checkpoint.pt"
        torch.save({
            "config": self.options.config, "processes": self.options.processes, "seed": self.options.seed,
            "step": self.step, "tokens": self.tokens, "elapsed": self.minutes() * 60,
            "fraction": self.now[FRACTION], "positions": self.shared.taken.tolist(),
            **self.optimizer.state(),
        }, path.with_suffix(".partial"))
        path.with_suffix(".partial").replace(path)
        self.kept = time.monotonic()

    def say(self, kind, **fields):
        print(kind, *(f"{name}={value:.3g}" if name == "rate" else f"{name}={value}" for name, value in fields.items()), flush=True)
        self.log.write(json.dumps({"kind": kind, **fields}) + "\n")
        self.log.flush()


def weighted_loss(logits, batch):
    return (F.cross_entropy(logits, batch.targets, reduction="none") * batch.weights).sum() / batch.weights.sum()


def judge(model, sequences, options):
    """[right places, places, sequences all right, sequences], greedy, at weighted places."""
    counts = torch.zeros(4)
    for batch in batches(sequences, options.tokens, options.config):
        batch = batch.to(options.device)
        wrong = (model(batch).argmax(-1) != batch.targets).float()
        failed = torch.zeros(len(batch.offsets) - 1, device=options.device).index_add_(0, batch.owners, wrong)
        counts += torch.tensor([len(wrong) - wrong.sum(), len(wrong), (failed == 0).sum(), len(failed)])
    return counts


if __name__ == "__main__":
    main()
