/** What every runtime is asked in its worker: one answer at once, then decisions over prompts of 400 tokens. */

export interface Input {
  /** Absolute URLs. */
  weights: string
  config: string
  ort: { mjs: string; wasm: string } | undefined
  /** How many decisions of each kind are timed after the first answer. */
  repetitions: number
}

export interface Config {
  vocab_size: number
  n_positions: number
}

export interface Runtime {
  /** Logits after `tokens`. */
  next(tokens: readonly number[]): Float32Array | Promise<Float32Array>
}

/** Times in ms. */
export interface Measured {
  /** From the navigation's start to the first answer. */
  firstAnswer: number
  /** Each decision over a prompt of which nothing is known but `<bos>`. */
  cold: number[]
  /** Each decision over a prompt that continues the one before by `NEW` tokens. */
  warm: number[]
  /** Each token of an answer but the first. */
  token: number[]
  /** The tokens of the first answer: runtimes of the same weights agree on them. */
  answer: number[]
}

const PROMPT = 400
/** What a step adds to the prompt: its action, the observation and the next marker. */
const NEW = 16
const ANSWER = 6

export async function measure(open: (input: Input) => Promise<{ runtime: Runtime; config: Config }>): Promise<void> {
  const input = await new Promise<Input>((resolve) => addEventListener('message', ({ data }) => resolve(data as Input), { once: true }))
  const { runtime, config } = await open(input)
  const answer = await generate(runtime, prompt(9, config, 0))
  postMessage('answered')
  const times: Omit<Measured, 'firstAnswer' | 'answer'> = { cold: [], warm: [], token: [] }
  for (let i = 0; i < input.repetitions; i++) {
    const first = prompt(PROMPT - NEW, config, i + 1)
    await generate(runtime, first)
    times.warm.push(await timed(() => generate(runtime, [...first, ...prompt(NEW + 1, config, 99).slice(1)], times.token)))
    times.cold.push(await timed(() => generate(runtime, prompt(PROMPT, config, -1 - i))))
  }
  postMessage({ ...times, answer })
}

/** Greedy, always `ANSWER` tokens, so that all decisions are of one length. */
async function generate(runtime: Runtime, tokens: readonly number[], each?: number[]): Promise<number[]> {
  const all = [...tokens]
  for (let i = 0; i < ANSWER; i++) {
    const began = performance.now()
    all.push(likeliest(await runtime.next(all)))
    if (i > 0) each?.push(performance.now() - began)
  }
  return all.slice(tokens.length)
}

function likeliest(logits: Float32Array): number {
  return logits.reduce((best, value, i) => (value > (logits[best] ?? -Infinity) ? i : best), 0)
}

/** Made-up tokens after `<bos>`; what they mean has no part in how long they take. */
function prompt(length: number, { vocab_size }: Config, seed: number): number[] {
  return Array.from({ length }, (_, i) => (i === 0 ? 2 : 3 + (Math.abs(i * 7919 + seed * 104_729 + i * i * seed) % (vocab_size - 3))))
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
