"""The files that transformers.js reads beside the weights: the model's config and a tokenizer of whole words."""
import re

SPECIAL = ['<pad>', '<unk>', '<bos>']
PAD, UNK, BOS = range(3)
END = ';'
# One match is one word, whether known or not; src/embedded/tokenizer.ts has the same pattern.
ANY_WORD = r'[\p{L}\p{M}\p{N}]+:?|[^\s\p{L}\p{M}\p{N}]'
# The same for the vocabulary's own words, which are plain, and for its phrases.
WORD = r'[a-z0-9]+:?|[^\sa-z0-9]|[a-z0-9]+( [a-z0-9]+)+'


def transformers_files(config, words):
    end = words.index(END)
    special = dict(special=True, single_word=False, lstrip=False, rstrip=False, normalized=False)
    first = {'SpecialToken': {'id': '<bos>', 'type_id': 0}}
    sequence = lambda name: {'Sequence': {'id': name, 'type_id': 0}}
    return {
        'config.json': {
            'model_type': 'gpt2',
            'architectures': ['GPT2LMHeadModel'],
            'vocab_size': config['vocabulary'],
            'n_embd': config['width'],
            'n_head': config['heads'],
            'n_layer': config['layers'],
            'n_positions': config['context'],
            'n_ctx': config['context'],
            'bos_token_id': BOS,
            'eos_token_id': end,
            'pad_token_id': PAD,
            'is_encoder_decoder': False,
            'transformers.js_config': {'dtype': 'q8'},
        },
        'generation_config.json': {
            'bos_token_id': BOS,
            'eos_token_id': end,
            'pad_token_id': PAD,
            'max_length': config['context'],
            'do_sample': False,
        },
        'tokenizer.json': {
            'version': '1.0',
            'truncation': None,
            'padding': None,
            'added_tokens': [{'id': i, 'content': content, **special} for i, content in enumerate(SPECIAL)],
            'normalizer': {'type': 'Lowercase'},
            'pre_tokenizer': {'type': 'Split', 'pattern': {'Regex': pattern(words)}, 'behavior': 'Removed', 'invert': True},
            'post_processor': {
                'type': 'TemplateProcessing',
                'single': [first, sequence('A')],
                'pair': [sequence('A'), sequence('B')],
                'special_tokens': {'<bos>': {'id': '<bos>', 'ids': [BOS], 'tokens': ['<bos>']}},
            },
            'decoder': {'type': 'WordPiece', 'prefix': '##', 'cleanup': False},
            'model': {
                'type': 'WordPiece',
                'unk_token': '<unk>',
                'continuing_subword_prefix': '##',
                'max_input_chars_per_word': 40,
                'vocab': {word: i for i, word in enumerate(words)},
            },
        },
        'tokenizer_config.json': {
            'tokenizer_class': 'PreTrainedTokenizerFast',
            'bos_token': '<bos>',
            'eos_token': END,
            'unk_token': '<unk>',
            'pad_token': '<pad>',
            'add_bos_token': True,
            'model_max_length': config['context'],
            'clean_up_tokenization_spaces': False,
        },
    }


def pattern(words):
    """Phrases first, the longest of them before the others; they end where a word ends."""
    phrases = sorted((word for word in words if ' ' in word), key=len, reverse=True)
    return f"(?:{'|'.join(phrases)})(?![\\p{{L}}\\p{{M}}\\p{{N}}:])|{ANY_WORD}" if phrases else ANY_WORD


def check_words(words, count):
    if len(words) != count or len(set(words)) != len(words):
        raise ValueError(f'{len(set(words))} different words of {len(words)}; the config says {count}')
    if words[: len(SPECIAL)] != SPECIAL or END not in words:
        raise ValueError(f'the vocabulary must start with {SPECIAL} and hold {END!r}')
    broken = [word for word in words[len(SPECIAL) :] if not re.fullmatch(WORD, word)]
    if broken:
        raise ValueError(f'the tokenizer would never make {broken[:10]}')
