/**
 * The kernels of the embedded model's runtime, in AssemblyScript (https://www.assemblyscript.org): TypeScript's syntax over
 * WebAssembly's types. `node tools/kernels/build.mjs` compiles them into src/embedded/runtime/kernel-bytes.ts.
 *
 * What they compute is said in src/embedded/runtime/kernels.ts. Here all places and strides count bytes.
 */

const FLOAT: usize = 4
const PANEL: usize = 8 * FLOAT
const HALF: usize = 4 * FLOAT

const ADD: usize = 1
const SQUARED_RELU: usize = 2

export function multiply(
  rows: usize,
  inner: usize,
  columns: usize,
  mode: usize,
  a: usize,
  aStride: usize,
  b: usize,
  bStride: usize,
  out: usize,
  outStride: usize,
): void {
  const panels = columns >> 3
  const together = rows & ~3
  // Panel by panel, so that a panel stays in the nearest cache while all rows pass.
  for (let panel: usize = 0; panel < panels; panel++)
    for (let row: usize = 0; row < together; row += 4)
      fourRows(inner, mode, a + row * aStride, aStride, b + panel * bStride, out + row * outStride + panel * PANEL, outStride)
  for (let row: usize = together; row < rows; row++) {
    let panel: usize = 0
    for (; panel + 4 <= panels; panel += 4)
      fourPanels(inner, mode, a + row * aStride, b + panel * bStride, bStride, out + row * outStride + panel * PANEL)
    for (; panel < panels; panel++) onePanel(inner, mode, a + row * aStride, b + panel * bStride, out + row * outStride + panel * PANEL)
  }
}

export function softmax(rows: usize, first: usize, columns: usize, at: usize, scale: f32): void {
  for (let row: usize = 0; row < rows; row++) softmaxRow(first + row, columns, at + row * columns * FLOAT, scale)
}

/** Four rows times one panel: eight sums in registers, each number that is loaded used four or eight times. */
function fourRows(inner: usize, mode: usize, a0: usize, aStride: usize, b: usize, out: usize, outStride: usize): void {
  const a1 = a0 + aStride
  const a2 = a1 + aStride
  const a3 = a2 + aStride
  let s00 = f32x4.splat(0)
  let s01 = f32x4.splat(0)
  let s10 = f32x4.splat(0)
  let s11 = f32x4.splat(0)
  let s20 = f32x4.splat(0)
  let s21 = f32x4.splat(0)
  let s30 = f32x4.splat(0)
  let s31 = f32x4.splat(0)
  const end = inner * FLOAT
  for (let i: usize = 0; i < end; i += FLOAT) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, HALF)
    b += PANEL
    const f0 = v128.load32_splat(a0 + i)
    s00 = f32x4.add(s00, f32x4.mul(f0, b0))
    s01 = f32x4.add(s01, f32x4.mul(f0, b1))
    const f1 = v128.load32_splat(a1 + i)
    s10 = f32x4.add(s10, f32x4.mul(f1, b0))
    s11 = f32x4.add(s11, f32x4.mul(f1, b1))
    const f2 = v128.load32_splat(a2 + i)
    s20 = f32x4.add(s20, f32x4.mul(f2, b0))
    s21 = f32x4.add(s21, f32x4.mul(f2, b1))
    const f3 = v128.load32_splat(a3 + i)
    s30 = f32x4.add(s30, f32x4.mul(f3, b0))
    s31 = f32x4.add(s31, f32x4.mul(f3, b1))
  }
  store(mode, out, s00, s01)
  store(mode, out + outStride, s10, s11)
  store(mode, out + 2 * outStride, s20, s21)
  store(mode, out + 3 * outStride, s30, s31)
}

/** One row times four panels, for the rows that are left over and for a single token: eight sums that do not wait for each other. */
function fourPanels(inner: usize, mode: usize, a: usize, b0: usize, bStride: usize, out: usize): void {
  const b1 = b0 + bStride
  const b2 = b1 + bStride
  const b3 = b2 + bStride
  let s00 = f32x4.splat(0)
  let s01 = f32x4.splat(0)
  let s10 = f32x4.splat(0)
  let s11 = f32x4.splat(0)
  let s20 = f32x4.splat(0)
  let s21 = f32x4.splat(0)
  let s30 = f32x4.splat(0)
  let s31 = f32x4.splat(0)
  const end = inner * PANEL
  for (let i: usize = 0; i < end; i += PANEL) {
    const factor = v128.load32_splat(a)
    a += FLOAT
    s00 = f32x4.add(s00, f32x4.mul(factor, v128.load(b0 + i)))
    s01 = f32x4.add(s01, f32x4.mul(factor, v128.load(b0 + i, HALF)))
    s10 = f32x4.add(s10, f32x4.mul(factor, v128.load(b1 + i)))
    s11 = f32x4.add(s11, f32x4.mul(factor, v128.load(b1 + i, HALF)))
    s20 = f32x4.add(s20, f32x4.mul(factor, v128.load(b2 + i)))
    s21 = f32x4.add(s21, f32x4.mul(factor, v128.load(b2 + i, HALF)))
    s30 = f32x4.add(s30, f32x4.mul(factor, v128.load(b3 + i)))
    s31 = f32x4.add(s31, f32x4.mul(factor, v128.load(b3 + i, HALF)))
  }
  store(mode, out, s00, s01)
  store(mode, out + PANEL, s10, s11)
  store(mode, out + 2 * PANEL, s20, s21)
  store(mode, out + 3 * PANEL, s30, s31)
}

function onePanel(inner: usize, mode: usize, a: usize, b: usize, out: usize): void {
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  for (const end = a + inner * FLOAT; a < end; a += FLOAT) {
    const factor = v128.load32_splat(a)
    s0 = f32x4.add(s0, f32x4.mul(factor, v128.load(b)))
    s1 = f32x4.add(s1, f32x4.mul(factor, v128.load(b, HALF)))
    b += PANEL
  }
  store(mode, out, s0, s1)
}

function store(mode: usize, out: usize, s0: v128, s1: v128): void {
  if (mode === ADD) {
    s0 = f32x4.add(v128.load(out), s0)
    s1 = f32x4.add(v128.load(out, HALF), s1)
  } else if (mode === SQUARED_RELU) {
    const zero = f32x4.splat(0)
    s0 = f32x4.max(s0, zero)
    s1 = f32x4.max(s1, zero)
    s0 = f32x4.mul(s0, s0)
    s1 = f32x4.mul(s1, s1)
  }
  v128.store(out, s0)
  v128.store(out, s1, HALF)
}

function softmaxRow(visible: usize, columns: usize, at: usize, scale: f32): void {
  const visibleEnd = at + visible * FLOAT
  const end = at + ((visible + 3) & ~3) * FLOAT
  // What fills the last vector must be neither the highest nor worth anything.
  for (let i = visibleEnd; i < end; i += FLOAT) f32.store(i, -f32.MAX_VALUE)

  let most = v128.load(at)
  for (let i = at + HALF; i < end; i += HALF) most = f32x4.max(most, v128.load(i))
  const highest = f32x4.splat(
    max(max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)), max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3))),
  )
  const factor = f32x4.splat(scale)
  let sums = f32x4.splat(0)
  for (let i = at; i < end; i += HALF) {
    const weight = exponential(f32x4.mul(f32x4.sub(v128.load(i), highest), factor))
    v128.store(i, weight)
    sums = f32x4.add(sums, weight)
  }
  const sum = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3))
  const share = f32x4.splat(1 / sum)
  for (let i = at; i < end; i += HALF) v128.store(i, f32x4.mul(v128.load(i), share))
  memory.fill(visibleEnd, 0, at + columns * FLOAT - visibleEnd)
}

/**
 * e^x for x ≤ 0, to float precision: x = n·ln 2 + r with |r| ≤ ln 2 / 2; e^r by its series, 2^n by writing n as exponent.
 * Below −87, where floats end, it is 2^−126.
 */
function exponential(x: v128): v128 {
  x = f32x4.max(x, f32x4.splat(-87))
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.4426950408889634)))
  // ln 2 in two parts, the first of few enough digits that n times it is exact.
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)))
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)))
  let power = f32x4.splat(1.0 / 5040)
  power = f32x4.add(f32x4.mul(power, r), f32x4.splat(1.0 / 720))
  power = f32x4.add(f32x4.mul(power, r), f32x4.splat(1.0 / 120))
  power = f32x4.add(f32x4.mul(power, r), f32x4.splat(1.0 / 24))
  power = f32x4.add(f32x4.mul(power, r), f32x4.splat(1.0 / 6))
  power = f32x4.add(f32x4.mul(power, r), f32x4.splat(0.5))
  power = f32x4.add(f32x4.mul(power, r), f32x4.splat(1))
  power = f32x4.add(f32x4.mul(power, r), f32x4.splat(1))
  const exponent = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23)
  return f32x4.mul(power, exponent)
}
