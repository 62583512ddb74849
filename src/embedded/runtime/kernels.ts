/**
 * The two operations that nearly all time goes into, over one array that holds weights, activations and cache alike.
 * This is what their two makes have in common: WebAssembly with SIMD, and plain JavaScript for where a page's policy or
 * an old browser forbids that.
 *
 * Matrices on the right-hand side are packed: in panels of `PANEL` columns, each panel row after row. A row of a product is
 * summed in the same order however many rows are computed at once, so that what was computed for a prompt does not
 * depend on how it was cut into blocks.
 */
/** Columns that are computed together; the number of columns of every product is a multiple of it. */
export const PANEL = 8

/** What becomes of a product: stored, added to what is there, or stored as the square of its positive part. */
export type Mode = 'store' | 'add' | 'squared-relu'

/** `out[rows × columns] = a[rows × inner] @ b[inner × columns]`. */
export interface Product {
  rows: number
  inner: number
  columns: number
  mode: Mode
  /** Its stride leads from one row to the next. */
  a: Place
  /** Packed: its stride leads from one panel to the next. */
  b: Place
  /** Its stride leads from one row to the next. */
  out: Place
}

/** Where a matrix lies in `numbers`, counted in numbers. */
export interface Place {
  at: number
  stride: number
}

/** Rows of attention scores, turned into weights in place: row r attends to the first `first + r` columns. */
export interface Softmax {
  rows: number
  /** How many columns the first row attends to; all others become 0. */
  first: number
  /** A multiple of `PANEL`; also the distance between rows. */
  columns: number
  at: number
  scale: number
}

export interface Kernels {
  readonly name: KernelName
  /** What the offsets count in. */
  readonly numbers: Float32Array<ArrayBuffer>
  multiply(product: Product): void
  softmax(scores: Softmax): void
}

export type KernelName = 'wasm' | 'js'
