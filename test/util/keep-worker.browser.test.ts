import { expect, test } from 'vitest'
import { RepriseError } from '../../src/core/errors.ts'
import type { WorkerClient } from '../../src/util/worker-rpc/client.ts'
import { keepWorker } from '../../src/util/worker-rpc/keep-worker.ts'
import type { FixtureApi } from '../fixtures/workers/fixture.worker.ts'

type Client = WorkerClient<FixtureApi>

const closed = new RepriseError('memory-closed', 'closed')
const never = new Promise<never>(() => {})

function keep(prepare: (client: Client) => Promise<Client> = async (client) => client) {
  const made: Worker[] = []
  const kept = keepWorker<FixtureApi, Client>({
    name: 'fixture worker',
    fallback: 'model-failed',
    createWorker: async () => {
      const worker = new Worker(new URL('../fixtures/workers/fixture.worker.ts', import.meta.url), { type: 'module' })
      made.push(worker)
      return worker
    },
    prepare,
  })
  return { kept, made }
}

test('all callers share one worker', async () => {
  const { kept, made } = keep()
  const [a, b] = await Promise.all([kept.get(), kept.get()])
  expect(a).toBe(b)
  expect(await a.call('double', 2)).toBe(4)
  expect(made).toHaveLength(1)
  kept.close(closed)
})

test('a worker that died is replaced at the next call', async () => {
  const { kept, made } = keep()
  const first = await kept.get()
  void first.call('die', undefined).catch(() => {})
  await first.lost
  expect(await (await kept.get()).call('double', 3)).toBe(6)
  expect(made).toHaveLength(2)
  kept.close(closed)
})

test('closing while it is being prepared ends the worker and settles who waits', async () => {
  let seen: Client | undefined
  const { kept } = keep((client) => {
    seen = client
    return never
  })
  const waiting = kept.get()
  await expect.poll(() => seen).toBeDefined()
  kept.close(closed)
  await expect(waiting).rejects.toBe(closed)
  expect(await seen?.lost).toBe(closed)
})

test('closing while the worker is being made ends it once it is there', async () => {
  let give: (worker: Worker) => void = () => {}
  let seen = false
  const kept = keepWorker<FixtureApi, Client>({
    name: 'fixture worker',
    fallback: 'model-failed',
    createWorker: () => new Promise<Worker>((resolve) => (give = resolve)),
    prepare: async (client) => {
      seen = true
      await expect(client.call('double', 1)).rejects.toBe(closed)
      return client
    },
  })
  const waiting = kept.get()
  kept.close(closed)
  await expect(waiting).rejects.toBe(closed)
  give(new Worker(new URL('../fixtures/workers/fixture.worker.ts', import.meta.url), { type: 'module' }))
  await expect.poll(() => seen).toBe(true)
})

test('who hears that preparing failed can try again at once, with another worker', async () => {
  let tries = 0
  const { kept, made } = keep(async (client) => {
    if (++tries === 1) throw new RepriseError('embedder-failed', 'not yet')
    return client
  })
  const error: unknown = await kept.get().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'embedder-failed' })
  expect(await (await kept.get()).call('double', 4)).toBe(8)
  expect(made).toHaveLength(2)
  kept.close(closed)
})

test('a factory that throws ends in worker-lost', async () => {
  const kept = keepWorker<FixtureApi, Client>({
    name: 'fixture worker',
    fallback: 'model-failed',
    createWorker: () => {
      throw new Error('no workers here')
    },
    prepare: async (client) => client,
  })
  await expect(kept.get()).rejects.toMatchObject({ code: 'worker-lost', message: expect.stringContaining('no workers here') as string })
})
