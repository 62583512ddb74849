import { expect, test } from 'vitest'
import { connect } from '../../src/util/worker-rpc/client.ts'
import { RepriseError } from '../../src/core/errors.ts'
import type { FixtureApi } from '../fixtures/workers/fixture.worker.ts'

const open = () =>
  connect<FixtureApi>(new Worker(new URL('../fixtures/workers/fixture.worker.ts', import.meta.url), { type: 'module' }), {
    name: 'fixture worker',
    fallback: 'model-failed',
  })
const done = new RepriseError('memory-closed', 'closed')

test('a call returns what the method returns', async () => {
  const client = open()
  expect(await client.call('double', 21)).toBe(42)
  client.close(done)
})

test('events arrive in order and before the result', async () => {
  const client = open()
  const events: number[] = []
  await client.call('count', 50, { onEvent: (n: number) => void events.push(n) })
  expect(events).toEqual(Array.from({ length: 50 }, (_, i) => i))
  client.close(done)
})

test('an error crosses with its code, its message and the text of its cause', async () => {
  const client = open()
  await expect(client.call('fail', 'memory-quota')).rejects.toMatchObject({
    code: 'memory-quota',
    message: 'as asked',
    cause: 'Error: deep',
  })
  await expect(client.call('fail', null)).rejects.toMatchObject({ code: 'model-failed', message: 'plain' })
  client.close(done)
})

test('a method that is not there is refused, also one of the prototype', async () => {
  const client = open()
  await expect(client.call('toString' as 'double', 1)).rejects.toMatchObject({ code: 'worker-lost' })
  await expect(client.call('__proto__' as 'double', 1)).rejects.toMatchObject({ code: 'worker-lost' })
  client.close(done)
})

test('an abort rejects at once, reaches the worker, and silences its events', async () => {
  const client = open()
  const controller = new AbortController()
  const events: unknown[] = []
  const call = client.call('wait', null, { signal: controller.signal, onEvent: (event: unknown) => void events.push(event) })
  await client.call('double', 1)
  controller.abort()
  await expect(call).rejects.toMatchObject({ code: 'aborted' })
  expect(await client.call('aborts', undefined)).toBe(1)
  const heard = events.length
  await client.call('count', 3)
  expect(events.length).toBe(heard)
  client.close(done)
})

test('a call under way rejects with worker-lost when the worker dies silently, and so do later calls', async () => {
  const client = open()
  const waiting = client.call('wait', null)
  void client.call('die', undefined).catch(() => {})
  await expect(waiting).rejects.toMatchObject({ code: 'worker-lost' })
  await expect(client.call('double', 1)).rejects.toMatchObject({ code: 'worker-lost' })
  expect((await client.lost).code).toBe('worker-lost')
})

test('an exception outside a call ends the worker and every call', async () => {
  const client = open()
  const waiting = client.call('wait', null)
  void client.call('throwLater', undefined).catch(() => {})
  await expect(waiting).rejects.toMatchObject({ code: 'worker-lost' })
})

test('a worker script that is not there rejects with worker-lost', async () => {
  const client = connect<FixtureApi>(new Worker('/no/such/worker.js', { type: 'module' }), {
    name: 'fixture worker',
    fallback: 'model-failed',
  })
  await expect(client.call('double', 1)).rejects.toMatchObject({ code: 'worker-lost' })
})

test.each([0, 10])(
  'a worker that the page ends %i ms after it was made is noticed at once, also before it has said hello',
  async (after) => {
    const worker = new Worker(new URL('../fixtures/workers/fixture.worker.ts', import.meta.url), { type: 'module' })
    const client = connect<FixtureApi>(worker, { name: 'fixture worker', fallback: 'model-failed' })
    const waiting = client.call('wait', null)
    expect(client.gone()).toBeUndefined()
    setTimeout(() => worker.terminate(), after)
    await expect(waiting).rejects.toMatchObject({ code: 'worker-lost', message: expect.stringMatching(/was terminated/) as string })
    expect([client.gone(), (await client.lost).code]).toEqual([await client.lost, 'worker-lost'])
  },
)

test('close rejects what is under way with the error given', async () => {
  const client = open()
  const waiting = client.call('wait', null)
  client.close(done)
  await expect(waiting).rejects.toBe(done)
  await expect(client.call('double', 1)).rejects.toBe(done)
})

test('a port that leads to a worker learns of the death of that worker', async () => {
  const client = open()
  const { port1, port2 } = new MessageChannel()
  await client.call('connect', { port: port2 }, { transfer: [port2] })
  const through = connect<FixtureApi>(port1, { name: 'fixture worker', fallback: 'model-failed' })
  expect(await through.call('double', 2)).toBe(4)
  const waiting = through.call('wait', null)
  client.close(done)
  await expect(waiting).rejects.toMatchObject({ code: 'worker-lost' })
})
