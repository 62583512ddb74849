/** Writes a file's tensors to where the layout wants them: int8 becomes float32, and matrices are packed for the kernels. */
import { PANEL } from './kernels.ts'
import { layerShapes, type Layout, type LayerTensor } from './layout.ts'
import type { OnnxWeights, TransformerConfig, WeightTensor } from './onnx-weights.ts'
import { damaged } from './protobuf.ts'

export interface Placed {
  at: number
  tensor: WeightTensor
  scale: WeightTensor | undefined
  /** How the kernels want it; `turned` is packed with rows and columns exchanged. */
  form: 'vector' | 'packed' | 'turned'
}

/**
 * Finds every tensor that the model needs. Errors: `model-unavailable` names the first one that is missing, has another
 * shape than the config says, or is int8 without scales.
 */
export function placeTensors({ config, tensors }: OnnxWeights, layout: Layout): Placed[] {
  const place = (name: string, at: number, dims: readonly number[], form: Placed['form']): Placed => {
    const tensor = find(tensors, name, dims)
    if (tensor.data instanceof Float32Array) return { at, tensor, scale: undefined, form }
    const scale = find(tensors, `${name}.scale`, [(form === 'turned' ? dims[0] : dims.at(-1)) ?? 0])
    if (!(scale.data instanceof Float32Array)) throw damaged(`the scales of ${name} are no float32 numbers`)
    return { at, tensor, scale, form }
  }
  const { vocabulary, width } = config
  const shapes = Object.entries(layerShapes(config)) as [LayerTensor, readonly number[]][]
  return [
    place('embedding', layout.embedding, [vocabulary, width], 'turned'),
    place('norm', layout.norm, [width], 'vector'),
    ...layout.layers.flatMap((layer, i) =>
      shapes.map(([name, dims]) => place(`blocks.${i}.${name}`, layer[name], dims, VECTORS.includes(name) ? 'vector' : 'packed')),
    ),
  ]
}

const VECTORS: readonly LayerTensor[] = ['norm1', 'norm2', 'taps']

export function writeTensor(numbers: Float32Array, { at, tensor, scale, form }: Placed): void {
  const { data, dims } = tensor
  const [rows = 0, columns = 0] = dims
  if (form === 'vector') writeVector(numbers, at, { tensor, scale })
  else if (form === 'packed') pack(numbers, { at, data, scale: scale?.data, rows, columns })
  else packTurned(numbers, { at, data, scale: scale?.data, rows, columns })
}

/** What the rotation of queries and keys needs, for every position. */
export function writeAngles(numbers: Float32Array, at: number, { context, rotary, ropeBase }: TransformerConfig): void {
  const half = rotary / 2
  for (let position = 0; position < context; position++)
    for (let i = 0; i < half; i++) {
      const angle = position * ropeBase ** (-i / half)
      numbers[at + position * rotary + i] = Math.cos(angle)
      numbers[at + position * rotary + half + i] = Math.sin(angle)
    }
}

function find(tensors: OnnxWeights['tensors'], name: string, dims: readonly number[]): WeightTensor {
  const tensor = tensors.get(name)
  if (!tensor) throw damaged(`it lacks the tensor ${name}`)
  if (tensor.dims.length === dims.length && tensor.dims.every((dim, i) => dim === dims[i])) return tensor
  throw damaged(`its tensor ${name} has the shape ${tensor.dims.slice(0, 8).join(' × ')} in place of ${dims.join(' × ')}`)
}

function writeVector(numbers: Float32Array, at: number, { tensor, scale }: Pick<Placed, 'tensor' | 'scale'>): void {
  const columns = tensor.dims.at(-1) ?? 1
  for (const [i, value] of tensor.data.entries()) numbers[at + i] = value * (scale?.data[i % columns] ?? 1)
}

interface Matrix {
  at: number
  data: WeightTensor['data']
  scale: WeightTensor['data'] | undefined
  rows: number
  columns: number
}

function pack(numbers: Float32Array, { at, data, scale, rows, columns }: Matrix): void {
  for (let column = 0; column < columns; column++) {
    const factor = scale?.[column] ?? 1
    let to = at + Math.floor(column / PANEL) * rows * PANEL + (column % PANEL)
    for (let from = column; from < rows * columns; from += columns, to += PANEL) numbers[to] = (data[from] ?? 0) * factor
  }
}

/** Row `r` of `data` becomes column `r`. */
function packTurned(numbers: Float32Array, { at, data, scale, rows, columns }: Matrix): void {
  for (let row = 0; row < rows; row++) {
    const factor = scale?.[row] ?? 1
    let to = at + Math.floor(row / PANEL) * columns * PANEL + (row % PANEL)
    for (let from = row * columns; from < (row + 1) * columns; from++, to += PANEL) numbers[to] = (data[from] ?? 0) * factor
  }
}
