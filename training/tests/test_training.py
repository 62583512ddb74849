"""`/usr/bin/python3 -m unittest discover training/tests` (any python3 that can import torch)."""
import io
import json
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import torch  # noqa: E402

import attention  # noqa: E402
from model import Model, complete  # noqa: E402
from sequences import Generator, pack, read_sequence, write_sequence  # noqa: E402
from synthetic import CONFIG  # noqa: E402

GENERATOR = f"{sys.executable} {HERE / 'synthetic.py'}"


class AttentionTest(unittest.TestCase):
    def test_the_kernel_and_plain_torch_agree_in_value_and_gradients(self):
        for width, heads in ((128, 4), (96, 3), (64, 4)):
            config = complete({"vocabulary": 10, "width": width, "heads": heads})
            config["rotary"] = min(16, width // heads)
            if attention.kernel(width // heads) is None:
                self.skipTest("no compiler here")
            lengths = [1, 2, 3, 4, 7, 8, 9, 31, 32, 33, 64, 65, 257]
            self.compare(config, torch.tensor([0, *lengths]).cumsum(0).int())

    def compare(self, config, offsets):
        torch.manual_seed(3)
        tokens, width = int(offsets[-1]), config["width"]
        qkv, taps = torch.randn(tokens, 3 * width).mul_(2).requires_grad_(), torch.randn(3, width).requires_grad_()
        rope, slope = attention.rope_tables(config), torch.randn(tokens, width)
        results = []
        for attend in (attention.attend, attention.attend_plain):
            y = attend(qkv, taps, rope, offsets, config)
            results.append([y, *torch.autograd.grad((y * slope).sum(), [qkv, taps])])
        self.assertIn("Fused", type(results[0][0].grad_fn).__name__)
        for fused, plain in zip(*results):
            self.assertLess(float((fused - plain).abs().max() / plain.abs().max()), 2e-5)


class ModelTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)
        self.model = Model(CONFIG)

    def test_packed_sequences_do_not_see_each_other(self):
        one, other = torch.randint(3, 43, (40,)), torch.randint(3, 43, (27,))
        packed = self.model.hidden(torch.cat([other, one]), torch.tensor([0, 27, 67], dtype=torch.int32))
        alone = self.model.hidden(one, torch.tensor([0, 40], dtype=torch.int32))
        self.assertLess(float((packed[27:] - alone).detach().abs().max()), 1e-5)

    def test_later_tokens_do_not_change_earlier_ones(self):
        tokens, offsets = torch.randint(3, 43, (50,)), torch.tensor([0, 50], dtype=torch.int32)
        before = self.model.hidden(tokens, offsets)
        tokens[30] = 3 if tokens[30] != 3 else 4
        change = (self.model.hidden(tokens, offsets) - before).detach().abs().amax(-1)
        self.assertEqual(float(change[:30].max()), 0)
        self.assertGreater(float(change[30:].min()), 0)

    def test_the_gradient_is_the_slope_of_the_loss(self):
        tokens, offsets = torch.randint(3, 43, (50,)), torch.tensor([0, 20, 50], dtype=torch.int32)
        aim = torch.randn(50, CONFIG["width"])
        (self.model.hidden(tokens, offsets) * aim).sum().backward()
        for name, parameter in self.model.named_parameters():
            direction = parameter.grad / parameter.grad.norm()
            with torch.no_grad():
                values = []
                for step in (1e-2, -2e-2):
                    parameter += step * direction
                    values.append(float((self.model.hidden(tokens, offsets).double() * aim).sum()))
                parameter += 1e-2 * direction
            expected = float(parameter.grad.norm())
            self.assertLess(abs((values[0] - values[1]) / 2e-2 - expected) / expected, 0.02, name)


class SequencesTest(unittest.TestCase):
    def test_a_sequence_survives_writing_and_reading_and_the_end_is_seen(self):
        stream = io.BytesIO()
        write_sequence(stream, [2, 700, 65535], [0, 3, 10])
        stream.seek(0)
        ids, weights = read_sequence(stream)
        self.assertEqual((ids.tolist(), weights.tolist()), ([2, 700, 65535], [0, 3, 10]))
        self.assertIsNone(read_sequence(stream))

    def test_a_stream_that_breaks_off_is_an_error(self):
        for kept in (1, 2, 9):
            stream = io.BytesIO()
            write_sequence(stream, [2, 5, 6], [0, 1, 1])
            with self.assertRaises(EOFError):
                read_sequence(io.BytesIO(stream.getvalue()[:kept]))

    def test_places_are_those_before_weighted_tokens_and_never_cross_a_border(self):
        batch = pack([([2, 5, 6], [0, 1, 0]), ([2, 7, 8], [4, 0, 2])], CONFIG)
        self.assertEqual([batch.places.tolist(), batch.targets.tolist(), batch.weights.tolist(), batch.owners.tolist()],
                         [[0, 4], [5, 8], [1, 2], [0, 1]])

    def test_tokens_outside_the_vocabulary_are_an_error(self):
        with self.assertRaises(ValueError):
            pack([([2, 43], [0, 1])], CONFIG)

    def test_a_generator_goes_on_after_skipped_sequences(self):
        whole, rest = Generator(GENERATOR, 5, 0, CONFIG), None
        try:
            whole.batch(300)
            rest = Generator(GENERATOR, 5, whole.taken, CONFIG)
            self.assertTrue(torch.equal(whole.batch(300).tokens, rest.batch(300).tokens))
        finally:
            whole.close()
            if rest:
                rest.close()


class TrainingTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def train(self, out, *arguments, config=CONFIG):
        return [sys.executable, str(HERE.parent / "train.py"), "--config", json.dumps(config), "--data", GENERATOR,
                "--out", str(self.folder / out), "--tokens", "1200", "--rate", "5e-3", "--warmup", "20", "--processes", "2", *arguments]

    def run_train(self, *arguments, **more):
        return subprocess.run(self.train(*arguments, **more), capture_output=True, text=True, timeout=600)

    def lines(self, out, kind):
        lines = map(json.loads, (self.folder / out / "log.jsonl").read_text().splitlines())
        return [line for line in lines if line["kind"] == kind]

    def test_it_learns_to_repeat_what_stood_before(self):
        probe = self.folder / "repeat.bin"
        with open(probe, "wb") as file:
            subprocess.run([*GENERATOR.split(), "--seed", "9", "--count", "100"], stdout=file, check=True)
        done = self.run_train("learn", "--steps", "400", "--ema", "0.95", "--report-seconds", "2", "--probe", f"repeat={probe}")
        self.assertEqual(done.returncode, 0, done.stderr)
        last = self.lines("learn", "probe")[-1]
        self.assertGreater(last["accuracy"], 0.99)  # chance is 0.04
        self.assertGreater(last["whole"], 0.9)
        self.assertEqual(last["sequences"], 100)
        losses = [line["loss"] for line in self.lines("learn", "train")]
        self.assertLess(losses[-1], 0.5 * losses[0])

    def test_a_run_interrupted_and_resumed_equals_an_unbroken_one(self):
        length = ["--steps", "40", "--tokens", "300"]
        self.assertEqual(self.run_train("whole", *length).returncode, 0)
        process = subprocess.Popen(self.train("broken", *length), stdout=subprocess.PIPE, text=True)
        process.stdout.readline()
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate()
        self.assertEqual(process.returncode, 0)
        self.assertIn("interrupted=True", output)
        self.assertLess(self.lines("broken", "end")[-1]["step"], 40)
        self.assertEqual(self.run_train("broken", *length, "--resume").returncode, 0)
        whole, broken = (torch.load(self.folder / out / "checkpoint.pt") for out in ("whole", "broken"))
        self.assertEqual((whole["step"], whole["tokens"], whole["positions"]), (broken["step"], broken["tokens"], broken["positions"]))
        for name in whole["ema"]:
            self.assertTrue(torch.equal(whole["ema"][name], broken["ema"][name]), name)

    def test_weights_of_another_vocabulary_are_refused_by_name(self):
        self.assertEqual(self.run_train("first", "--steps", "2").returncode, 0)
        start = ["--steps", "2", "--init", str(self.folder / "first" / "checkpoint.pt")]
        self.assertEqual(self.run_train("second", *start).returncode, 0)
        refused = self.run_train("third", *start, config={**CONFIG, "vocabulary": 44})
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("vocabulary", refused.stderr)

    def test_a_generator_that_ends_stops_the_run_with_an_error(self):
        arguments = self.train("short", "--steps", "500")
        arguments[arguments.index(GENERATOR)] = f"{GENERATOR} --count 60"
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("the generator ended after 60 sequences", done.stderr)


if __name__ == "__main__":
    unittest.main()
