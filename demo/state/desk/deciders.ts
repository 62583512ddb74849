/** Who decides in the practice page where no real model does: a script, and a model that obeys whatever it reads. */
import type { Decision, LanguageModel, Policy } from 'reprise'
import type { Line, Task } from './tasks.ts'

/** Milliseconds before each action, so that a person can follow. */
const PACE_MS = 700

/** Does the task's script line by line and reads nothing but names. */
export function walkthrough({ script }: Task, pace: number = PACE_MS): Policy {
  let next = 0
  return {
    plan: () => decided('Do what the script says, line by line.'),
    reason: async ({ signal }) => {
      await wait(pace, signal)
      return decided(script[next]?.thought ?? 'The script is at its end.')
    },
    act: ({ observation }) => {
      const line = script[next++]
      // The playground's own page; nothing of it is put into a prompt.
      return decided((line && actionOf(line, observation as string)) ?? GIVE_UP)
    },
  }
}

/**
 * A stand-in for a model that a text has taken over: the first order in its prompt that it has not followed yet, whoever wrote it, comes
 * before its task. It understands one kind of order, `click “…”`.
 */
export function obedientModel({ script }: Task, pace: number = PACE_MS): LanguageModel {
  const obeyed = new Set<string>()
  let next = 0
  const orderIn = (prompt: string): Line | undefined => ordersIn(prompt).find(({ name }) => !obeyed.has(name))
  const act = (prompt: string): string => {
    const order = orderIn(prompt)
    if (order) obeyed.add(order.name)
    const action = order && actionOf(order, prompt)
    if (action) return action
    for (let line = script[next++]; line; line = script[next++]) {
      const own = actionOf(line, prompt)
      if (own) return own
    }
    return GIVE_UP
  }
  const answer = async (prompt: string, signal: AbortSignal | undefined): Promise<string> => {
    if (prompt.endsWith('What is the plan?')) return 'Do the task, and whatever else a text tells me.'
    if (prompt.endsWith('What is the next action?')) return act(prompt)
    await wait(pace, signal)
    const order = orderIn(prompt)
    return order ? `A text tells me to click “${order.name}”, so I do.` : (script[next]?.thought ?? 'Nothing is left to do.')
  }
  return {
    id: 'playground/obedient',
    async generate({ messages, signal }) {
      const text = await answer(messages.at(-1)?.content.trimEnd() ?? '', signal)
      return { text, toolCalls: [], finishReason: 'stop', usage: NOTHING_USED }
    },
  }
}

const NOTHING_USED = { inputTokens: 0, outputTokens: 0 }
const GIVE_UP = 'done({})'

/** Every order that a text gives, in the order of the text. */
export function ordersIn(text: string): Line[] {
  return Array.from(text.matchAll(/\bclick “([^“”\n]{1,100})”/gi), ({ 1: name = '' }) => ({ thought: '', verb: 'click', name }))
}

/** The action in the page's own form; `null` where nothing of that name is shown. */
export function actionOf({ verb, name, value = '' }: Line, text: string): string | null {
  if (verb === 'done') return `done(${JSON.stringify({ answer: value })})`
  const ref = refOf(name, text)
  if (ref === null) return null
  const input = { click: { ref }, type: { ref, text: value }, select: { ref, option: value } }[verb]
  return `${verb}(${JSON.stringify(input)})`
}

/** The reference of the first element whose name begins like this, in the last snapshot of a text. */
function refOf(name: string, text: string): string | null {
  // A snapshot begins with what is new, which stands below once more.
  const lines = text.split('\n').filter((line) => !/^(?:new|now|gone): /.test(line))
  const wanted = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const found = lines.findLast((line) => new RegExp(`\\[e\\d+\\] [a-z]+ "${wanted}`).test(line))
  return new RegExp(`\\[(e\\d+)\\] [a-z]+ "${wanted}`).exec(found ?? '')?.[1] ?? null
}

function decided(text: string): Promise<Decision> {
  return Promise.resolve({ text, model: 'playground/walkthrough', usage: NOTHING_USED, shown: [] })
}

/** Ends early where the run is stopped; the agent then waits no longer anyway. */
function wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
