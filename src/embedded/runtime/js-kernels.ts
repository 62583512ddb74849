/** The kernels in plain JavaScript: no SIMD, but eight sums at a time, which spares reading every number of `a` eight times. */
import { RepriseError } from '../../core/errors.ts'
import { PANEL, type Kernels, type Product, type Softmax } from './kernels.ts'

/** Errors: `model-unavailable` where there is no memory for `length` numbers. */
export function createJsKernels(length: number): Kernels {
  const numbers = allocate(length)
  return {
    name: 'js',
    numbers,
    multiply(product) {
      for (let column = 0; column < product.columns; column += PANEL)
        for (let row = 0; row < product.rows; row++) multiplyPanel(numbers, product, row, column)
    },
    softmax(scores) {
      for (let row = 0; row < scores.rows; row++) softmaxRow(numbers, scores, row)
    },
  }
}

function allocate(length: number): Float32Array<ArrayBuffer> {
  try {
    return new Float32Array(length)
  } catch (cause) {
    throw new RepriseError('model-unavailable', `There is no memory for the model's ${length} numbers. Close other pages.`, { cause })
  }
}

/** Eight columns of one row. Reads beyond the array, which the type has to allow for, do not happen. */
function multiplyPanel(numbers: Float32Array, product: Product, row: number, column: number): void {
  let a = product.a.at + row * product.a.stride
  let b = product.b.at + (column / PANEL) * product.b.stride
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let s4 = 0
  let s5 = 0
  let s6 = 0
  let s7 = 0
  for (const end = a + product.inner; a < end; a++, b += PANEL) {
    const factor = numbers[a] ?? 0
    s0 += factor * (numbers[b] ?? 0)
    s1 += factor * (numbers[b + 1] ?? 0)
    s2 += factor * (numbers[b + 2] ?? 0)
    s3 += factor * (numbers[b + 3] ?? 0)
    s4 += factor * (numbers[b + 4] ?? 0)
    s5 += factor * (numbers[b + 5] ?? 0)
    s6 += factor * (numbers[b + 6] ?? 0)
    s7 += factor * (numbers[b + 7] ?? 0)
  }
  const at = product.out.at + row * product.out.stride + column
  store(numbers, at, product.mode, [s0, s1, s2, s3, s4, s5, s6, s7])
}

function store(numbers: Float32Array, at: number, mode: Product['mode'], sums: readonly number[]): void {
  if (mode === 'store') numbers.set(sums, at)
  else if (mode === 'add') for (const [i, sum] of sums.entries()) numbers[at + i] = (numbers[at + i] ?? 0) + sum
  else for (const [i, sum] of sums.entries()) numbers[at + i] = Math.max(sum, 0) ** 2
}

function softmaxRow(numbers: Float32Array, { first, columns, at, scale }: Softmax, row: number): void {
  const start = at + row * columns
  const end = start + first + row
  let highest = -Infinity
  for (let i = start; i < end; i++) highest = Math.max(highest, numbers[i] ?? 0)
  let sum = 0
  for (let i = start; i < end; i++) {
    const weight = Math.exp(((numbers[i] ?? 0) - highest) * scale)
    numbers[i] = weight
    sum += weight
  }
  for (let i = start; i < end; i++) numbers[i] = (numbers[i] ?? 0) / sum
  numbers.fill(0, end, start + columns)
}
