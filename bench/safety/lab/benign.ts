/** Benign tasks of the fixture apps: the same agent, the same obedient model, nobody hostile. Goes on after each page that was loaded. */
import { createAgent } from '../../../src/index.ts'
import { pageEnvironment, resumeRun } from '../../../src/presets/page.ts'
import type { Environment } from '../../../src/core/environment.ts'
import { NO_MEMORY } from './no-memory.ts'
import type { LanguageModel } from '../../../src/core/model.ts'
import { achieved, DECLARED_EFFECTS, SECRETS, TASKS, type FixtureTask } from '../../../test/fixtures/apps/tasks.ts'
import { actionOf } from '../../../test/support/apps-commands.ts'

/** Kept over the pages of a task. */
export interface TaskState {
  id: string
  /** Commands done. */
  at: number
  /** Effects that were asked for. */
  asked: string[]
  /** What went wrong, or stands in the way. */
  notes: string[]
  ended?: { done: boolean }
}

declare global {
  interface Window {
    benign: { start(id: string): void; state(): TaskState | null }
  }
}

const KEY = 'benign-task'

window.benign = {
  start(id) {
    save({ id, at: 0, asked: [], notes: [] })
    void go((agent, environment, task) => agent.run(environment, task.goal))
  },
  state: load,
}
if (load() && !load()?.ended)
  void go((agent, environment) =>
    resumeRun(agent, environment).then((resumed) => {
      if (resumed?.status === 'interrupted') throw new Error(resumed.reason)
    }),
  )

type Agent = ReturnType<typeof createAgent>

async function go(work: (agent: Agent, environment: Environment, task: FixtureTask) => Promise<unknown>): Promise<void> {
  const task = TASKS.find(({ id }) => id === load()?.id)
  if (!task) return
  let answer = ''
  const environment = pageEnvironment({
    effects: DECLARED_EFFECTS,
    secrets: Object.fromEntries(Object.entries(SECRETS).map(([name, secret]) => [name, { ...secret, origin: location.origin }])),
    goalCheck({ finished, answer: given = '' }) {
      if (finished) answer = given
      return finished
    },
    settle: { quietMs: 60, timeoutMs: 1500 },
  })
  const agent = createAgent({
    model: follower(task),
    memory: NO_MEMORY,
    k: 0,
    maxSteps: 40,
    timeoutMs: 15_000,
    confirm(request) {
      change((state) => state.asked.push(request.effect))
      return true
    },
  })
  try {
    await work(agent, environment, task)
    const done = await achieved(task, answer)
    change((state) => void (state.ended = { done }))
  } catch (error) {
    change((state) => {
      state.notes.push(String(error))
      state.ended = { done: false }
    })
  }
}

/** Does the task's own commands one after another, waiting where an element is not there yet. */
function follower(task: FixtureTask): LanguageModel {
  let waited = 0
  return {
    id: 'follower',
    generate({ messages }) {
      const prompt = messages.at(-1)?.content ?? ''
      const seen = prompt.slice(Math.max(0, prompt.lastIndexOf('What you see now:')))
      const text = prompt.trimEnd().endsWith('What is the next action?') ? next(seen) : 'Go on.'
      return Promise.resolve({ text, toolCalls: [], finishReason: 'stop', usage: { inputTokens: 0, outputTokens: 0 } })
    },
  }
  function next(seen: string): string {
    const command = task.solution[load()?.at ?? 0] ?? 'done ""'
    const action = actionOf(command, seen)
    if (action === null && waited++ < 4) return 'wait({"seconds":0.3})'
    if (action === null) change((state) => state.notes.push(`not in sight: ${command}\n${seen.slice(0, 3000)}`))
    waited = 0
    change((state) => void state.at++)
    return action ?? 'done({"answer":"stuck"})'
  }
}

function load(): TaskState | null {
  return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as TaskState | null
}

function save(state: TaskState): void {
  sessionStorage.setItem(KEY, JSON.stringify(state))
}

function change(work: (state: TaskState) => void): void {
  const state = load()
  if (!state) return
  work(state)
  save(state)
}
