"""A generator for tests: different words in a random order, twice. `python3 synthetic.py --seed 1`."""
import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from sequences import write_sequence  # noqa: E402

WORDS = range(3, 43)
CONFIG = {"vocabulary": 43, "width": 64, "layers": 2, "heads": 2, "hidden": 128, "context": 128}


def sequence(chance):
    words = chance.sample(WORDS, chance.randint(12, 30))
    return [2, *words, *words], [0] * (len(words) + 2) + [1] * (len(words) - 1)


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
