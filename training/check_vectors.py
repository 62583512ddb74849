"""Holds the trainer's reader to vectors.json: tokens, weights and words of the generator's binary stream.

usage: python3 training/check_vectors.py --generator GENERATE_MJS --vocabulary VOCABULARY_JSON [--vectors VECTORS_JSON]

Reads the stream by itself, since sequences.py needs torch.
"""
import argparse
import array
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
START = "<bos>"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--generator", required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, default=HERE / "vectors.json")
    options = parser.parse_args()
    vocabulary = json.loads(options.vocabulary.read_text())
    sequences = json.loads(options.vectors.read_text())["sequences"]
    for sequence in sequences:
        seed, index = sequence["seed"], sequence["index"]
        ids, weights = first_sequence(["node", options.generator, "--seed", str(seed), "--skip", str(index)])
        place = f"sequence {index} of seed {seed}"
        expect(ids == sequence["tokens"], f"{place}: the stream has other tokens")
        expect(weights == sequence["weights"], f"{place}: the stream has other weights")
        expect(spells([vocabulary[token] for token in ids], sequence["text"].split()), f"{place}: the tokens spell another text")
    print(f"{len(sequences)} sequences of the stream are those of the vectors")


def first_sequence(command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    count = int.from_bytes(process.stdout.read(2), "little")
    body = process.stdout.read(3 * count)
    process.kill()
    process.wait()
    process.stdout.close()
    ids = array.array("H", body[: 2 * count])
    if sys.byteorder == "big":
        ids.byteswap()
    return list(ids), list(body[2 * count:])


def spells(tokens, words):
    """Whether the tokens are the words, each unknown word with a spare token of its own; a phrase is several words."""
    known, borrowed = set(tokens), {}
    spoken = [word for token in tokens[1:] for word in token.split()]
    if tokens[0] != START or len(spoken) != len(words):
        return False
    for token, word in zip(spoken, words):
        spare = token[0] == "x" and token[1:].isdigit()
        if spare and (word in known or borrowed.setdefault(token, word) != word) or not spare and token != word:
            return False
    return len(set(borrowed.values())) == len(borrowed)


def expect(condition, message):
    if not condition:
        sys.exit(message)


if __name__ == "__main__":
    main()
