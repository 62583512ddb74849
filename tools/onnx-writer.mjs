/**
 * Writes ONNX files with nothing but Node: just enough protobuf for models that our scripts make.
 * Field numbers are those of onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3).
 */

/** Numbers of the element types in TensorProto. */
export const TYPES = { float32: 1, uint8: 2, int8: 3, int64: 7 }

/**
 * A graph that grows by `node` and `tensor`, which return the names of what they made.
 * Opset 17 has LayerNormalization.
 */
export function createGraph() {
  const nodes = []
  const tensors = []
  let count = 0
  return {
    /** Adds an operation and returns the name of its (first) output. */
    node(type, inputs, attributes = {}, outputs = [`t${count++}`]) {
      const fields = Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value)))
      nodes.push(
        bytes(1, join([...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name)), text(4, type), ...fields])),
      )
      return outputs[0]
    },
    /** Adds constant data: a Float32Array, Int8Array, Uint8Array, or BigInt64Array. */
    tensor(data, dims = [data.length]) {
      const name = `w${count++}`
      const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      tensors.push(bytes(5, join([...dims.map((n) => integer(1, n)), integer(2, typeOf(data)), text(8, name), bytes(9, raw)])))
      return name
    },
    /** The file. Inputs and outputs are `{ name, type, dims }`, a dimension being a number or the name of a free one. */
    toBytes({ inputs, outputs }) {
      const values = [...inputs.map((value) => bytes(11, valueInfo(value))), ...outputs.map((value) => bytes(12, valueInfo(value)))]
      const graph = join([...nodes, text(2, 'graph'), ...tensors, ...values])
      return join([integer(1, 8), text(2, 'reprise'), bytes(7, graph), bytes(8, integer(2, 17))])
    },
  }
}

function typeOf(data) {
  if (data instanceof Float32Array) return TYPES.float32
  if (data instanceof Int8Array) return TYPES.int8
  if (data instanceof Uint8Array) return TYPES.uint8
  return TYPES.int64
}

/** An attribute is a whole number, a list of them, or `{ float }`, since JavaScript does not tell 1 from 1.0. */
function attribute(name, value) {
  if (Array.isArray(value)) return join([text(1, name), ...value.map((n) => integer(8, n)), integer(20, 7)])
  if (typeof value === 'number') return join([text(1, name), integer(3, value), integer(20, 2)])
  const float = Buffer.alloc(5)
  float[0] = (2 << 3) | 5
  float.writeFloatLE(value.float, 1)
  return join([text(1, name), float, integer(20, 1)])
}

function valueInfo({ name, type, dims }) {
  const shape = join(dims.map((dim) => bytes(1, typeof dim === 'number' ? integer(1, dim) : text(2, dim))))
  return join([text(1, name), bytes(2, bytes(1, join([integer(1, type), bytes(2, shape)])))])
}

const integer = (field, value) => join([varint(field << 3), varint(value)])
const text = (field, value) => bytes(field, Buffer.from(value))
const bytes = (field, value) => join([varint((field << 3) | 2), varint(value.length), value])
const join = (parts) => Buffer.concat(parts)

function varint(value) {
  const out = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  return Buffer.from([...out, Number(rest)])
}
