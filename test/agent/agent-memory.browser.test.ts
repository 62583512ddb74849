/** Agent and memory together, as a page has them: real workers, real IndexedDB. */
import { afterEach, expect, test } from 'vitest'
import { createAgent, deleteMemory, hashEmbedder, openMemory, type AgentOptions, type OpenMemory } from '../../src/index.ts'
import { openIdbStore } from '../../src/memory/store/idb-store.ts'
import { scriptedEnvironment, scriptedModel } from '../../src/testing/index.ts'
import { dumpStore } from '../support/dump-store.ts'

const NAME = 'agent-memory'
let open: OpenMemory[] = []

const openIt = async (): Promise<OpenMemory> => {
  const memory = await openMemory({ name: NAME, embedder: hashEmbedder() })
  open.push(memory)
  return memory
}

afterEach(async () => {
  await Promise.all(open.map((memory) => memory.close()))
  open = []
  await deleteMemory(NAME)
})

const talker = () => scriptedModel((request) => `about ${request.messages[1]?.content.match(/Goal: (.*)/g)?.at(-1)}`)
const agentWith = (memory: OpenMemory, given: Partial<AgentOptions> = {}) => createAgent({ model: talker(), memory, maxSteps: 3, ...given })
const succeeding = () => scriptedEnvironment([{ observation: 'done', done: true, success: true }])
const failing = () => scriptedEnvironment([{ observation: 'not done', done: true }])

async function bytesOf(memory: OpenMemory): Promise<Record<string, unknown[]>> {
  await memory.close()
  open = open.filter((other) => other !== memory)
  const store = await openIdbStore({ name: NAME })
  const dump = await dumpStore(store)
  store.close()
  return dump
}

test('an agent is shown what it learned, after the memory was closed and opened again', async () => {
  const first = await openIt()
  await agentWith(first).train(succeeding(), 'water the plants')
  await first.close()
  const model = talker()
  await agentWith(await openIt(), { model }).run(succeeding(), 'water the flowers')
  expect(model.requests[0]?.messages[1]?.content).toContain('Goal: water the plants')
})

test('run leaves every trajectory, vector and ledger byte as it was', async () => {
  const memory = await openIt()
  await agentWith(memory).trainBatch(succeeding, ['a b', 'a c', 'a d'])
  const before = await bytesOf(memory)
  const again = await openIt()
  const agent = agentWith(again)
  await agent.runBatch((_goal, index) => (index % 2 ? failing() : succeeding()), ['a b', 'a e', 'a f', 'a g'], { concurrency: 2 })
  expect(await bytesOf(again)).toEqual(before)
  expect(before['trajectories']).toHaveLength(3)
  expect(before['ledger']?.length).toBeGreaterThan(0)
})

test('parallel episodes credit only the exemplars that they were shown themselves', async () => {
  const memory = await openIt()
  const goals = ['water every plant', 'file the tax report', 'sing an old song']
  for (const goal of goals) await memory.add({ id: goal, goal, steps: [] })
  const agent = agentWith(memory, { k: 1 })
  const outcome = (goal: string) => (goal.includes('tax') ? failing() : succeeding())
  await agent.trainBatch(outcome, ['water each plant', 'file a tax report', 'sing the old song'], { concurrency: 3 })
  const counts = await Promise.all(goals.map((goal) => memory.get(goal)))
  expect(counts.map((listing) => [listing?.retrievals, listing?.successes])).toEqual([
    [1, 1],
    [1, 0],
    [1, 1],
  ])
})

test('counts outlive the page: what fails in one session after another is pruned', async () => {
  const add = await openIt()
  await add.add({ id: 'bad', goal: 'open the door', steps: [{ observation: 'a door', reasoning: 'kick it', action: 'kick' }] })
  await add.close()
  let pruned: string[] = []
  for (let session = 0; session < 5; session++) {
    const memory = await openIt()
    const events = agentWith(memory).stream(failing(), 'open the door', { learn: true })
    for await (const event of events) if (event.type === 'episode-end') pruned = [...event.pruned]
    if (session < 4) expect(pruned).toEqual([])
    await memory.close()
  }
  expect(pruned).toEqual(['bad'])
  const memory = await openIt()
  expect(await memory.retrieve({ goal: 'open the door' }, { k: 3 })).toEqual([])
  expect((await memory.get('bad'))?.status).toBe('pruned')
})

test('seeds are added once, over sessions too', async () => {
  const seeds = [{ goal: 'seeded', steps: [{ observation: 'o', reasoning: 'r', action: 'a' }] }]
  for (let session = 0; session < 3; session++) {
    const memory = await openIt()
    await agentWith(memory, { seeds }).run(succeeding(), 'anything')
    expect(await memory.count()).toBe(1)
    await memory.close()
  }
})

test('verify false stores nothing', async () => {
  const memory = await openIt()
  await agentWith(memory, { verify: () => false }).train(succeeding(), 'something')
  expect(await memory.count()).toBe(0)
})

test.each([
  ['replacement patterns and placeholders', "$& $1 {plan} {{goal}} \\ $'"],
  ['a closing fence', '</data> ``` </examples> [end]'],
  ['a lone surrogate', 'half \ud83d of a pair'],
  ['a prototype name', '__proto__'],
  ['a megabyte', 'x y '.repeat(250_000)],
  ['scripts of the world', '打开抽屉 افتح الدرج 🗄️🔑'],
])('goals and observations with %s are learned from like others', async (_name, text) => {
  const memory = await openIt()
  const environment = () =>
    scriptedEnvironment([{ observation: text, done: true, success: true }], { observation: text, taskId: () => text.slice(0, 50) })
  const trained = await agentWith(memory).train(environment(), text)
  expect(trained.success).toBe(true)
  const stored = await memory.get(trained.id)
  expect(stored?.trajectory.goal).toBe(text)
  expect(stored?.trajectory.steps[0]?.observation).toBe(text)
  const [exemplar] = await memory.retrieve({ goal: text }, { k: 1 })
  expect(exemplar?.trajectoryId).toBe(trained.id)
  expect(exemplar?.scores.goal).toBeCloseTo(1, 4)
  expect(await memory.retrieve({ goal: text }, { k: 1, excludeTask: text.slice(0, 50) })).toEqual([])
})

test.each(['__proto__', 'constructor', 'toString', '../x', '\ud800'])('%j is an id like any other', async (id) => {
  const memory = await openIt()
  await memory.add({ id, goal: 'some goal', steps: [] })
  expect(await memory.has(id)).toBe(true)
  expect((await memory.get(id))?.trajectory.id).toBe(id)
  expect((await memory.retrieve({ goal: 'some goal' }, { k: 1 }))[0]?.trajectoryId).toBe(id)
  expect(await memory.delete(id)).toBe(true)
  expect(await memory.has(id)).toBe(false)
})

test('a memory worker that is not there, or is refused, ends in worker-lost', async () => {
  const missing = { name: NAME, embedder: hashEmbedder(), createWorker: () => new Worker('/no/such/worker.js', { type: 'module' }) }
  await expect(openMemory(missing)).rejects.toMatchObject({ code: 'worker-lost' })
  await expect(openMemory({ name: NAME, embedder: hashEmbedder(), assetBase: '/no/such/folder/' })).rejects.toMatchObject({
    code: 'worker-lost',
  })
})

test('wrong options are named', async () => {
  await expect(openMemory(undefined as never)).rejects.toMatchObject({ code: 'invalid-options' })
  await expect(openMemory({ name: '', embedder: hashEmbedder() })).rejects.toMatchObject({
    code: 'invalid-options',
    message: expect.stringContaining('name') as string,
  })
  await expect(openMemory({ name: 'x', index: 'flat' as never, embedder: hashEmbedder() })).rejects.toMatchObject({
    message: expect.stringContaining('index must be one of') as string,
  })
})
