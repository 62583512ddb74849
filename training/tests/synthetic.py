"""A generator for tests: keys bound to values, then questions. `python3 synthetic.py --seed 1 --skip 0`."""
import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sequences import write_sequence  # noqa: E402

KEYS, VALUES = range(3, 13), range(13, 23)
CONFIG = {"vocabulary": 23, "width": 64, "layers": 2, "heads": 2, "hidden": 128, "context": 128}


def sequence(chance):
    keys = chance.sample(KEYS, 6)
    bound = {key: chance.choice(VALUES) for key in keys}
    pairs = [(key, bound[key], 0) for key in keys] + [(key, bound[key], 1) for key in chance.choices(keys, k=chance.randint(18, 30))]
    return [2, *(token for key, value, _ in pairs for token in (key, value))], [0, *(w for *_, weight in pairs for w in (0, weight))]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--count", type=int, help="endless without it")
    options = parser.parse_args()
    chance, number = random.Random(options.seed), 0
    try:
        while options.count is None or number < options.skip + options.count:
            made = sequence(chance)
            number += 1
            if number > options.skip:
                write_sequence(sys.stdout.buffer, *made)
    except BrokenPipeError:
        sys.stderr.close()


if __name__ == "__main__":
    main()
