/**
 * A host of the fixture apps: an agent on every page of the site that does a task by its written solution, and goes on where it was when
 * a page is loaded anew. The test talks to it through `startTask` and `sessionStorage`.
 */
import { createAgent, hashEmbedder, openMemory, type ApprovalRequest, type Policy } from '../../../src/index.ts'
import { pageEnvironment, resumeRun, type PageEnvironmentOptions } from '../../../src/presets/page.ts'
import { inspect } from '../../../src/security/untrusted.ts'
import { achieved, DECLARED_EFFECTS, SECRETS, TASKS, type FixtureTask } from '../../fixtures/apps/tasks.ts'
import { actionOf } from '../../support/apps-commands.ts'

export interface TaskResult {
  success: boolean
  resumed: boolean
  stored: boolean
  /** Effects that were asked for, in order. */
  asked: ApprovalRequest['effect'][]
  steps: { observation: string; action: string }[]
  outcome: string
  error?: string
}

declare global {
  interface Window {
    startTask(id: string): void
    dumpDatabases(): Promise<string>
  }
}

const asked = (): ApprovalRequest['effect'][] => JSON.parse(sessionStorage.getItem('asked') ?? '[]') as ApprovalRequest['effect'][]

/** Does the next line of the solution; waits where its element is not there yet. */
function solver({ solution }: FixtureTask): Policy {
  const decision = (text: string) => Promise.resolve({ text, model: 'test/solver', usage: { inputTokens: 0, outputTokens: 0 }, shown: [] })
  return {
    plan: () => decision('as written'),
    reason: () => decision('the next line'),
    act: ({ history, observation }) => {
      const line = solution[inspect(history).filter(({ action }) => !action.startsWith('wait')).length]
      if (line === undefined) return decision('done({})')
      return decision(actionOf(line, inspect(observation)) ?? 'wait({"seconds":1})')
    },
  }
}

const environmentOf = (task: FixtureTask): ReturnType<typeof pageEnvironment> =>
  pageEnvironment({
    effects: DECLARED_EFFECTS,
    secrets: Object.fromEntries(Object.entries(SECRETS).map(([name, secret]) => [name, { ...secret, origin: location.origin }])),
    goalCheck: async ({ finished, answer }) => finished && (await achieved(task, answer)),
    taskId: () => task.id,
  } satisfies PageEnvironmentOptions)

async function run(task: FixtureTask, fresh: boolean): Promise<void> {
  const memory = await openMemory({ name: 'page-host', embedder: hashEmbedder({ dimensions: 64 }) })
  let stored = false
  const agent = createAgent({
    policy: solver(task),
    memory,
    maxSteps: 40,
    confirm: ({ effect }, { signal }) => {
      sessionStorage.setItem('asked', JSON.stringify([...asked(), effect]))
      // Somebody who never answers, until the episode ends.
      if (sessionStorage.getItem('answer') === 'never')
        return new Promise<boolean>((resolve) => signal.addEventListener('abort', () => resolve(false)))
      return true
    },
    onEvent: (event) => (stored ||= event.type === 'episode-end' && event.stored),
  })
  const environment = environmentOf(task)
  const finished = fresh ? { trajectory: await agent.train(environment, task.goal) } : await resumeRun(agent, environment)
  if (!finished?.trajectory) return
  const { success, steps, outcome } = finished.trajectory
  report({ success, resumed: !fresh, stored, steps: steps.map(({ observation, action }) => ({ observation, action })), outcome })
}

/** All that this origin has stored, as text. */
async function dumpDatabases(): Promise<string> {
  const rows: unknown[] = [Object.entries(sessionStorage), Object.entries(localStorage)]
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await settled(indexedDB.open(name))
    for (const store of database.objectStoreNames) rows.push(await settled(database.transaction(store).objectStore(store).getAll()))
    database.close()
  }
  // Vectors hold no text.
  return JSON.stringify(rows, (_, value: unknown) => (ArrayBuffer.isView(value) ? '' : value))
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('The request failed.'))
  })
}

function report(result: Omit<TaskResult, 'asked'>): void {
  sessionStorage.setItem('result', JSON.stringify({ ...result, asked: asked() }))
}

function begin(id: string, fresh: boolean): void {
  const task = TASKS.find((one) => one.id === id)
  if (!task) return
  sessionStorage.setItem('task', id)
  run(task, fresh).catch((error: unknown) =>
    report({ success: false, resumed: !fresh, stored: false, steps: [], outcome: '', error: String(error) }),
  )
}

window.startTask = (id) => begin(id, true)
window.dumpDatabases = dumpDatabases
const task = sessionStorage.getItem('task')
if (task !== null && sessionStorage.getItem('result') === null) begin(task, false)
