/**
 * Takes the weights out of an ONNX file: its named tensors and the model's config, which the exporter puts into the
 * file's metadata. The graph itself is not read, since this runtime knows the one architecture that it runs.
 * Field numbers are those of onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
 */
import * as z from 'zod/mini'
import { parse } from '../../util/validate.ts'
import { damaged, readFields, readPackedIntegers } from './protobuf.ts'

export interface TransformerConfig {
  /** Words the model knows. */
  vocabulary: number
  /** Numbers per token between the blocks. */
  width: number
  /** Blocks. */
  layers: number
  /** Attention heads; each has `width / heads` numbers. */
  heads: number
  /** Numbers per token within a block's feed-forward part. */
  hidden: number
  /** Tokens a prompt and its answer may have together. */
  context: number
  /** How many of a head's numbers turn with the position. */
  rotary: number
  ropeBase: number
  /** How many values before a token's own are added to what it attends to. */
  taps: number
  /** Keeps the normalisation from dividing by zero. */
  epsilon: number
}

export interface WeightTensor {
  dims: readonly number[]
  data: Float32Array<ArrayBuffer> | Int8Array<ArrayBuffer>
}

export interface OnnxWeights {
  config: TransformerConfig
  tensors: ReadonlyMap<string, WeightTensor>
}

/**
 * Reads an ONNX file. Tensors of other types than float32 and int8 are constants of the graph and left out. Memory taken
 * is at most that of the file. Errors: `model-unavailable` says what is wrong with the file.
 */
export function readOnnxWeights(bytes: Uint8Array<ArrayBuffer>): OnnxWeights {
  const tensors = new Map<string, WeightTensor>()
  let config: TransformerConfig | undefined
  for (const field of readFields(bytes)) {
    if (field.kind !== 'bytes') continue
    if (field.number === MODEL.graph) readGraph(field.bytes, tensors)
    else if (field.number === MODEL.metadata) config = readConfig(field.bytes) ?? config
  }
  if (!config) throw damaged(`it has no metadata named ${METADATA_KEY}, so it is no model of this library`)
  return { config, tensors }
}

const METADATA_KEY = 'reprise'

const MODEL = { graph: 7, metadata: 14 }
const METADATA = { key: 1, value: 2 }
const GRAPH = { initializer: 5 }
const TENSOR = { dims: 1, type: 2, name: 8, raw: 9, location: 14 }
const FLOAT32 = 1
const INT8 = 3

const size = z.int().check(z.gte(1), z.lte(65_536))

const configSchema = z.object({
  vocabulary: size,
  width: size,
  layers: size,
  heads: size,
  hidden: size,
  context: size,
  rotary: z.int().check(z.gte(0), z.multipleOf(2)),
  ropeBase: z.number().check(z.gt(0)),
  taps: z.int().check(z.gte(0), z.lte(64)),
  epsilon: z.number().check(z.gt(0)),
})

function readGraph(bytes: Uint8Array<ArrayBuffer>, tensors: Map<string, WeightTensor>): void {
  for (const field of readFields(bytes)) {
    if (field.number !== GRAPH.initializer || field.kind !== 'bytes') continue
    const { name, tensor } = readTensor(field.bytes)
    if (!tensor) continue
    if (tensors.has(name)) throw damaged(`it has two tensors named ${name}`)
    tensors.set(name, tensor)
  }
}

function readTensor(bytes: Uint8Array<ArrayBuffer>): { name: string; tensor: WeightTensor | undefined } {
  const dims: number[] = []
  let name = ''
  let type = 0
  let raw: Uint8Array<ArrayBuffer> | undefined
  for (const field of readFields(bytes)) {
    if (field.kind === 'integer') {
      if (field.number === TENSOR.dims) dims.push(field.value)
      else if (field.number === TENSOR.type) type = field.value
      else if (field.number === TENSOR.location && field.value !== 0) throw damaged('it keeps its tensors in another file')
    } else if (field.kind === 'bytes') {
      if (field.number === TENSOR.dims) dims.push(...readPackedIntegers(field.bytes.subarray(0, MAX_DIMS_BYTES)))
      else if (field.number === TENSOR.name) name = quotable(field.bytes)
      else if (field.number === TENSOR.raw) raw = field.bytes
    }
  }
  if (type !== FLOAT32 && type !== INT8) return { name, tensor: undefined }
  if (!raw) throw damaged(`the tensor ${name} has no raw data`)
  return { name, tensor: { dims, data: numbers(raw, { name, dims, type }) } }
}

const MAX_DIMS_BYTES = 64
const MAX_NAME_BYTES = 200

const quotable = (bytes: Uint8Array<ArrayBuffer>): string => new TextDecoder().decode(bytes.subarray(0, MAX_NAME_BYTES))

function numbers(raw: Uint8Array<ArrayBuffer>, { name, dims, type }: { name: string; dims: number[]; type: number }): WeightTensor['data'] {
  const bytes = dims.reduce((count, dim) => count * dim, type === FLOAT32 ? 4 : 1)
  if (raw.length !== bytes)
    throw damaged(`the tensor ${name} of shape ${dims.slice(0, 8).join(' × ')} has ${raw.length} bytes in place of ${bytes}`)
  if (type === INT8) return new Int8Array(raw.buffer, raw.byteOffset, raw.length)
  return new Float32Array(raw.slice().buffer) // a copy, since a view would have to lie at a multiple of 4
}

function readConfig(bytes: Uint8Array<ArrayBuffer>): TransformerConfig | undefined {
  let key = ''
  let value = ''
  for (const field of readFields(bytes)) {
    if (field.kind !== 'bytes') continue
    if (field.number === METADATA.key) key = quotable(field.bytes)
    else if (field.number === METADATA.value) value = new TextDecoder().decode(field.bytes)
  }
  if (key !== METADATA_KEY) return undefined
  return parse(configSchema, parseJson(value), "The config in the model's weights", 'model-unavailable')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw damaged('its config is no JSON')
  }
}
