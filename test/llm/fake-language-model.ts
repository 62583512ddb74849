/** A browser's built-in model without a model: sessions that say a given answer in parts, and count tokens as words of four characters. */
import type { BuiltInCreate, BuiltInFactory, BuiltInSession } from '../../src/llm/built-in-api.ts'

export interface FakeBuiltIn extends BuiltInFactory {
  created: BuiltInCreate[]
  asked: { input: string; options: { responseConstraint?: unknown } }[]
  /** Sessions that were not destroyed. */
  alive: Set<BuiltInSession>
}

export interface FakeBuiltInPlan {
  answer?: string
  availability?: 'unavailable' | 'downloadable' | 'available' | 'never'
  /** Thrown by `create`, one for each call. */
  refusals?: Error[]
  /** Thrown in the middle of an answer. */
  breaks?: Error
  /** Tokens that a session holds. */
  quota?: number
  params?: boolean
}

const tokens = (text: string): number => Math.ceil(text.length / 4)
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

export function fakeLanguageModel(plan: FakeBuiltInPlan = {}): FakeBuiltIn {
  const { answer = 'hello', availability = 'available', refusals = [], quota = 4096 } = plan
  const fake: FakeBuiltIn = {
    created: [],
    asked: [],
    alive: new Set(),
    availability: async () => (availability === 'never' ? new Promise<never>(() => {}) : availability),
    ...(plan.params && { params: async () => ({ defaultTopK: 3, maxTopK: 8, defaultTemperature: 1, maxTemperature: 2 }) }),
    async create(options) {
      fake.created.push(options)
      const refusal = refusals.shift()
      if (refusal) throw refusal
      const target = new EventTarget()
      options.monitor?.(target)
      for (const loaded of availability === 'downloadable' ? [0, 0.5, 1] : [])
        target.dispatchEvent(new ProgressEvent('downloadprogress', { loaded, total: 1 }))
      await pause()
      options.signal?.throwIfAborted()
      return session((options.initialPrompts ?? []).reduce((sum, { content }) => sum + tokens(content), 0))
    },
  }
  const session = (used: number): BuiltInSession => {
    let destroyed = false
    const check = (): void => {
      if (destroyed) throw new DOMException('The session has been destroyed.', 'InvalidStateError')
    }
    const own: BuiltInSession = {
      inputUsage: used,
      inputQuota: quota,
      measureInputUsage: async (input) => tokens(input),
      async clone() {
        check()
        return session(used)
      },
      destroy() {
        destroyed = true
        fake.alive.delete(own)
      },
      promptStreaming(input, { signal, ...options }) {
        check()
        fake.asked.push({ input, options })
        return streamOf(say(own, input, signal))
      },
    }
    fake.alive.add(own)
    return own
  }
  async function* say(own: BuiltInSession, input: string, signal: AbortSignal): AsyncGenerator<string> {
    if (used(own) + tokens(input) > quota)
      throw Object.assign(new DOMException('The input is too large.', 'QuotaExceededError'), { quota, requested: tokens(input) })
    own.inputUsage = used(own) + tokens(input)
    for (const [index, part] of (answer.match(/[\s\S]{1,4}/gu) ?? []).entries()) {
      await pause()
      signal.throwIfAborted()
      if (plan.breaks && index === 2) throw plan.breaks
      own.inputUsage = used(own) + 1
      yield part
    }
  }
  return fake
}

const used = ({ inputUsage = 0 }: BuiltInSession): number => inputUsage

function streamOf(parts: AsyncGenerator<string>): ReadableStream<string> {
  return new ReadableStream<string>({
    async pull(controller) {
      const { done, value } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: async () => void (await parts.return(undefined)),
  })
}
