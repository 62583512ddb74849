/** The command line of the learning benchmark. */
import { parseArgs } from 'node:util'

export const USAGE = `usage: npm run bench:learning [-- OPTIONS]

  --quick                  fewer worlds and goals; ends within 10 minutes on 2 cores
  --rows NAME,…            rows by any part of their name: exemplars, curve, exemplars/any-noun, retrieved-3 … (default: all)
  --n N, --goals N         worlds a row, and goals a world where a world has several
  --minutes N              begin no episode after so many minutes (--quick: 8.5)
  --resume                 go on where the last run into the same folder ended
  --out DIR                folder of episodes.csv, tables.md and learning-curve.svg (default .cache/learning, or .cache/learning-quick)
  --write-docs             put tables and chart into docs/
  --pages N                pages at a time, 1 to 8 (default 1); times are honest while every page has a core of its own

  --model SPEC             embedded (default), embedded-small, openai/<model>, openai-compatible/<model>
  --weights FILE           other weights for the embedded model, an ONNX file of its form
  --base-url URL           where an openai-compatible API is
  --key-env NAME           environment variable that holds the key (default OPENAI_API_KEY); it is handed to the page, never printed or kept
  --price IN,OUT           US dollars for a million tokens in and out
  --max-cost USD           stop when so much is spent; needs --price
  --max-tokens-total N     stop after so many tokens, in and out; a remote model needs this or --max-cost

  --embedder-model MODEL   for the row of the transformers.js embedder: a folder, or an id on the hub (default: MiniLM's size, random weights)
  --embedder-dimensions N  numbers per vector, where the library does not know the model`

/** So that a run with build, start and last episode stays below ten. */
const QUICK_MINUTES = 8.5

const OPTIONS = {
  ...flags('quick', 'resume', 'write-docs', 'help'),
  ...texts(
    'rows',
    'n',
    'goals',
    'minutes',
    'out',
    'pages',
    'model',
    'weights',
    'base-url',
    'key-env',
    'price',
    'max-cost',
    'max-tokens-total',
  ),
  ...texts('embedder-model', 'embedder-dimensions'),
}

/** The settings; throws an `Error` that says what is wrong. */
export function readOptions(args) {
  const { values } = parseArgs({ args, options: OPTIONS })
  const quick = values.quick ?? false
  const model = values.model ?? 'embedded'
  const remote = !model.startsWith('embedded')
  const settings = {
    help: values.help ?? false,
    quick,
    resume: values.resume ?? false,
    writeDocs: values['write-docs'] ?? false,
    rows: values.rows?.split(',').filter(Boolean) ?? [],
    minutes: positive('minutes', values.minutes) ?? (quick ? QUICK_MINUTES : undefined),
    n: whole('n', values.n),
    goals: whole('goals', values.goals),
    out: values.out ?? (quick ? '.cache/learning-quick' : '.cache/learning'),
    pages: whole('pages', values.pages) ?? 1,
    model,
    remote,
    weights: values.weights,
    baseURL: values['base-url'],
    keyName: values['key-env'] ?? 'OPENAI_API_KEY',
    cap: remote ? capOf(values) : undefined,
    embedder: values['embedder-model'],
    dimensions: whole('embedder-dimensions', values['embedder-dimensions']),
  }
  if (!remote && !['embedded', 'embedded-small'].includes(model)) throw new Error(`There is no embedded model “${model}”.`)
  if (settings.pages > 8) throw new Error('--pages takes at most 8.')
  return settings
}

/** Most dollars and most tokens; infinite where not given, never both. */
function capOf(values) {
  const price = values.price?.split(',').map(Number)
  if (price && (price.length !== 2 || !price.every((part) => part >= 0))) throw new Error('--price takes two numbers: --price 0.25,2')
  const dollars = positive('max-cost', values['max-cost'])
  const tokens = whole('max-tokens-total', values['max-tokens-total'])
  if (dollars !== undefined && !price)
    throw new Error('--max-cost needs --price IN,OUT: dollars for a million tokens. Or give --max-tokens-total.')
  if (dollars === undefined && tokens === undefined)
    throw new Error('A remote model needs a cap: --max-cost USD with --price IN,OUT, or --max-tokens-total N.')
  return { price: price ?? [0, 0], dollars: dollars ?? Infinity, tokens: tokens ?? Infinity }
}

function whole(name, text) {
  const value = positive(name, text)
  if (value !== undefined && !Number.isInteger(value)) throw new Error(`--${name} takes a whole number.`)
  return value
}

function positive(name, text) {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!(value > 0) || value === Infinity) throw new Error(`--${name} takes a number above 0.`)
  return value
}

function flags(...names) {
  return Object.fromEntries(names.map((name) => [name, { type: 'boolean' }]))
}

function texts(...names) {
  return Object.fromEntries(names.map((name) => [name, { type: 'string' }]))
}
