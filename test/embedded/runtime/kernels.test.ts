/** Products and softmax of both kernels, for every remainder of their blocking, against naive sums. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createKernels } from '../../../src/embedded/runtime/create-kernels.ts'
import { PANEL, type Kernels, type Mode, type Product } from '../../../src/embedded/runtime/kernels.ts'

const LENGTH = 40_000

test('by default the kernels are those in WebAssembly', () => {
  expect(createKernels(8).name).toBe('wasm')
})

describe.each(['js', 'wasm'] as const)('%s kernels', (name) => {
  const kernels = createKernels(LENGTH, name)
  const { numbers } = kernels

  test('they start with as many zeros as were asked for', () => {
    const fresh = createKernels(1001, name).numbers
    expect(fresh).toEqual(new Float32Array(1001))
  })

  test('there is an error where memory is short', () => {
    expect(() => createKernels(2 ** 40, name)).toThrow(expect.objectContaining({ code: 'model-unavailable' }))
  })

  test('a product is what the sums say, in every mode, and nothing beside it is written', () => {
    const sizes = fc.record({
      rows: fc.integer({ min: 1, max: 9 }),
      inner: fc.integer({ min: 1, max: 40 }),
      panels: fc.integer({ min: 1, max: 10 }),
      mode: fc.constantFrom<Mode>('store', 'add', 'squared-relu'),
      gap: fc.constantFrom(0, PANEL),
    })
    fc.assert(
      fc.property(sizes, ({ rows, inner, panels, mode, gap }) => {
        const columns = panels * PANEL
        const b = { at: 1003, stride: inner * PANEL + gap }
        const product = { rows, inner, columns, mode, a: { at: 5, stride: inner + 1 }, b, out: { at: 20_001, stride: columns + gap } }
        for (let i = 0; i < LENGTH; i++) numbers[i] = Math.sin(i * i + rows)
        const expected = naive(kernels, product)
        kernels.multiply(product)
        expect(furthest(numbers, expected)).toBeLessThan(1e-4)
      }),
      { numRuns: 60 },
    )
  })

  test('a row of a product is the same to the last bit, however many rows there are', () => {
    const [inner, columns] = [37, 48]
    const place = { inner, columns, mode: 'store', b: { at: 2000, stride: inner * PANEL } } as const
    for (let i = 0; i < LENGTH; i++) numbers[i] = Math.sin(i * i)
    kernels.multiply({ ...place, rows: 7, a: { at: 0, stride: inner }, out: { at: 20_000, stride: columns } })
    for (let row = 0; row < 7; row++) {
      kernels.multiply({ ...place, rows: 1, a: { at: row * inner, stride: inner }, out: { at: 30_000, stride: columns } })
      expect(numbers.slice(30_000, 30_000 + columns)).toEqual(numbers.slice(20_000 + row * columns, 20_000 + (row + 1) * columns))
    }
  })

  test('softmax weighs what a row may see, however far the scores lie apart, and leaves 0 for the rest', () => {
    for (const [first, spread] of [
      [1, 1],
      [2, 10],
      [3, 1e4],
      [5, 1e30],
      [16, 0],
      [61, 30],
    ] as const) {
      const [rows, columns, at, scale] = [4, 64, 24, 0.25]
      for (let i = 0; i < LENGTH; i++) numbers[i] = spread * Math.sin(i * i)
      const expected = Float64Array.from(numbers)
      for (let row = 0; row < rows; row++) {
        const start = at + row * columns
        const seen = expected.slice(start, start + first + row)
        const weights = seen.map((score) => Math.exp((score - Math.max(...seen)) * scale))
        const sum = weights.reduce((a, b) => a + b)
        expected.fill(0, start, start + columns)
        expected.set(
          weights.map((weight) => weight / sum),
          start,
        )
      }
      kernels.softmax({ rows, first, columns, at, scale })
      expect(furthest(numbers, expected) / Math.max(spread, 1)).toBeLessThan(2e-7)
      const written = numbers.slice(at, at + rows * columns)
      expect(furthest(written, expected.slice(at, at + rows * columns))).toBeLessThan(1e-6)
    }
  })
})

/** All numbers as they should be after the product. */
function naive({ numbers }: Kernels, { rows, inner, columns, mode, a, b, out }: Product): Float64Array {
  const result = Float64Array.from(numbers)
  const number = (at: number): number => numbers[at] ?? Number.NaN
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let sum = 0
      for (let i = 0; i < inner; i++)
        sum += number(a.at + row * a.stride + i) * number(b.at + Math.floor(column / PANEL) * b.stride + i * PANEL + (column % PANEL))
      const at = out.at + row * out.stride + column
      result[at] = mode === 'store' ? sum : mode === 'add' ? sum + number(at) : Math.max(sum, 0) ** 2
    }
  return result
}

function furthest(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let most = 0
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs((actual[i] ?? Number.NaN) - (expected[i] ?? 0))
    if (!(distance <= most)) most = distance
  }
  return most
}
