import { expect, test } from 'vitest'
import { RepriseError } from '../../../src/core/errors.ts'
import { sampleUntilDisagreement } from '../../../src/learning/cascade/sample-until.ts'

interface Pending {
  signal: AbortSignal
  answer: (text: string) => void
  fail: (error: Error) => void
}

/** Samples that answer when the test says so, and that do not care about their signal. */
function held(samples: number, same = (a: string, b: string): boolean | Promise<boolean> => a === b) {
  const pending: Pending[] = []
  const leaving = new AbortController()
  const result = sampleUntilDisagreement<string>({
    samples,
    parallel: true,
    signal: leaving.signal,
    draw: (index, signal) => new Promise((answer, fail) => (pending[index] = { signal, answer, fail })),
    same,
  })
  return { pending, leaving, result }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

test('in parallel all samples are under way at once, and stand in their own order, whichever came first', async () => {
  const { pending, result } = held(3, () => true)
  expect(pending).toHaveLength(3)
  for (const [index, text] of [
    [2, 'c'],
    [0, 'a'],
    [1, 'b'],
  ] as const) {
    pending[index]?.answer(text)
    await nextTurn()
  }
  expect(await result).toEqual({ drawn: ['a', 'b', 'c'], agreed: true })
})

test('in parallel the first disagreement aborts the rest and waits for none of them', async () => {
  const { pending, result } = held(3)
  pending[2]?.answer('a')
  await nextTurn()
  pending[1]?.answer('b')
  expect(await result).toEqual({ drawn: ['b', 'a'], agreed: false })
  expect(pending[0]?.signal.aborted).toBe(true)
})

test('a comparison under way is aborted when others have differed, and its verdict is not waited for', async () => {
  const signals: AbortSignal[] = []
  const leaving = new AbortController()
  const answers = ['a', 'slow', 'b']
  const result = await sampleUntilDisagreement<string>({
    samples: 3,
    parallel: true,
    signal: leaving.signal,
    draw: (index) => Promise.resolve(answers[index] ?? ''),
    same: (_first, other, signal) => {
      signals.push(signal)
      return other === 'slow' ? new Promise(() => {}) : false
    },
  })
  expect(result.agreed).toBe(false)
  expect(signals.every(({ aborted }) => aborted)).toBe(true)
})

test('in parallel a failure aborts the rest and is handed back', async () => {
  const { pending, result } = held(2)
  const failure = new RepriseError('model-output', 'nothing')
  pending[1]?.fail(failure)
  expect(await result).toEqual({ drawn: [], agreed: false, failure })
  expect(pending[0]?.signal.aborted).toBe(true)
})

test('an error that the teacher cannot make good ends the sampling and the other samples', async () => {
  const { pending, result } = held(2)
  pending[1]?.fail(new RepriseError('budget-exceeded', 'too much'))
  await expect(result).rejects.toMatchObject({ code: 'budget-exceeded' })
  expect(pending[0]?.signal.aborted).toBe(true)
})

test('a comparison that throws ends the sampling with its error', async () => {
  const { pending, result } = held(2, () => {
    throw new Error('wrong tool')
  })
  for (const { answer } of pending) answer('a')
  await expect(result).rejects.toThrow('wrong tool')
})

test('an abort rejects at once, though no sample listens', async () => {
  const { pending, leaving, result } = held(3)
  leaving.abort()
  await expect(result).rejects.toMatchObject({ code: 'aborted' })
  expect(pending.every(({ signal }) => signal.aborted)).toBe(true)
})

test('an abort before the first sample, or while two are compared, is no agreement', async () => {
  const leaving = new AbortController()
  const sampling = (signal: AbortSignal) =>
    sampleUntilDisagreement<string>({
      samples: 3,
      parallel: false,
      signal,
      draw: () => Promise.resolve('a'),
      same: () => {
        leaving.abort()
        return true
      },
    })
  await expect(sampling(AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' })
  await expect(sampling(leaving.signal)).rejects.toMatchObject({ code: 'aborted' })
})
