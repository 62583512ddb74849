/**
 * The bytes of a graph as they are kept: as hnswlib writes them, less the vectors, which the members of the index hold anyhow.
 * hnswlib believes whatever it reads and would write beyond its heap (nmslib/hnswlib#673), so every number is looked at first.
 */
import { M } from './hnsw-index.ts'
import { joinBytes } from './join-bytes.ts'

export interface GraphSource {
  /** Numbers of a vector. */
  dimensions: number
  /** Whether the graph may hold this label; the vectors of all others are kept with it. */
  has(label: number): boolean
  /** The vector of a label that it may hold. */
  vector(label: number): Float32Array
}

export interface FilledGraph {
  bytes: Uint8Array<ArrayBuffer>
  labels: number[]
  removed: number
}

/** Bytes before the first element: eleven numbers of 32 bits, one of 64 and another of 32. */
const HEADER = 56
/** An element: how many neighbours it has, where a mark says that it was removed; the neighbours; vector; label. */
const LINKS = 4 + 4 * 2 * M
const REMOVED_BYTE = 2
/** Links of an element in one layer above the lowest. */
const UPPER_LINKS = 4 + 4 * M
const HIGHEST_LAYER = 60

/** Takes the vectors out. `bytes` are hnswlib's own. */
export function withoutVectors(bytes: Uint8Array, { dimensions, has }: Omit<GraphSource, 'vector'>): Uint8Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = view.getUint32(8, true)
  const vectorBytes = 4 * dimensions
  const size = LINKS + vectorBytes + 4
  const kept: Uint8Array[] = [bytes.subarray(0, HEADER)]
  const strangers: Uint8Array[] = []
  for (let at = HEADER, i = 0; i < count; i++, at += size) {
    kept.push(bytes.subarray(at, at + LINKS), bytes.subarray(at + LINKS + vectorBytes, at + size))
    if (!has(view.getUint32(at + LINKS + vectorBytes, true))) strangers.push(bytes.subarray(at + LINKS, at + LINKS + vectorBytes))
  }
  kept.push(bytes.subarray(HEADER + count * size), ...strangers)
  return joinBytes(kept)
}

/** What hnswlib can read again, or `undefined` where this is no graph over these members. */
export function withVectors(bytes: Uint8Array, source: GraphSource): FilledGraph | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const header = bytes.length >= HEADER ? readHeader(view, source.dimensions) : undefined
  if (!header) return undefined
  const layers = readLayers(view, header)
  if (!layers || !linksAreSound(view, header, layers)) return undefined
  return fill(bytes, { ...header, vectorsAt: layers.end }, source)
}

interface Header {
  count: number
  highest: number
}

function readHeader(view: DataView, dimensions: number): Header | undefined {
  const [offset, capacity, count, size, labelAt, vectorAt, highest, entry, links, links0, m, , , construction] = Array.from(
    { length: 14 },
    (_, i) => view.getInt32(4 * i, true),
  ) as Numbers
  const label = LINKS + 4 * dimensions
  const fits = offset === 0 && size === label + 4 && labelAt === label && vectorAt === LINKS && links === M && links0 === 2 * M && m === M
  const counts = count >= 0 && count <= capacity && construction > 0 && HEADER + count * (LINKS + 4) <= view.byteLength
  const top = count === 0 ? highest === -1 && entry === -1 : highest >= 0 && highest <= HIGHEST_LAYER && entry >= 0 && entry < count
  const spread = view.getFloat64(44, true)
  return fits && counts && top && spread > 0 && spread < 1 ? { count, highest } : undefined
}

type Numbers = [number, number, number, number, number, number, number, number, number, number, number, number, number, number]

interface Layers {
  /** For each element, in how many layers above the lowest it is, and where its links there begin. */
  heights: Uint8Array
  starts: Uint32Array
  end: number
}

function readLayers(view: DataView, { count, highest }: Header): Layers | undefined {
  const [heights, starts] = [new Uint8Array(count), new Uint32Array(count)]
  let at = HEADER + count * (LINKS + 4)
  for (let i = 0; i < count; i++) {
    if (at + 4 > view.byteLength) return undefined
    const height = view.getUint32(at, true) / UPPER_LINKS
    if (!Number.isInteger(height) || height > highest) return undefined
    heights[i] = height
    starts[i] = at + 4
    at += 4 + height * UPPER_LINKS
  }
  const entry = view.getInt32(28, true)
  const reachesTop = count === 0 || heights[entry] === highest
  return at <= view.byteLength && reachesTop ? { heights, starts, end: at } : undefined
}

/** Whether all links lead to elements that are in the same layer. */
function linksAreSound(view: DataView, { count }: Header, { heights, starts }: Layers): boolean {
  const sound = (at: number, most: number, layer: number): boolean => {
    const links = view.getUint16(at, true)
    if (links > most) return false
    for (let i = 1; i <= links; i++) {
      const other = view.getUint32(at + 4 * i, true)
      if (other >= count || (heights[other] as number) < layer) return false
    }
    return true
  }
  for (let i = 0; i < count; i++) {
    const at = HEADER + i * (LINKS + 4)
    // Beside the count there is the mark, and nothing else.
    if (view.getUint16(at + REMOVED_BYTE, true) > 1 || !sound(at, 2 * M, 0)) return false
    for (let layer = 1; layer <= (heights[i] as number); layer++)
      if (!sound((starts[i] as number) + (layer - 1) * UPPER_LINKS, M, layer)) return false
  }
  return true
}

function fill(
  bytes: Uint8Array,
  { count, vectorsAt }: Header & { vectorsAt: number },
  { dimensions, has, vector }: GraphSource,
): FilledGraph | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const vectorBytes = 4 * dimensions
  const elements = HEADER + count * (LINKS + 4)
  const filled = new Uint8Array(vectorsAt + count * vectorBytes)
  const labels = new Set<number>()
  let stranger = vectorsAt
  let to = HEADER
  filled.set(bytes.subarray(0, HEADER))
  for (let i = 0; i < count; i++) {
    const from = HEADER + i * (LINKS + 4)
    const label = view.getUint32(from + LINKS, true)
    const removed = bytes[from + REMOVED_BYTE] === 1
    if (removed === has(label) || labels.has(label)) return undefined
    if (!removed) labels.add(label)
    const values = removed ? bytes.subarray(stranger, (stranger += vectorBytes)) : bytesOf(vector(label))
    if (values.length !== vectorBytes) return undefined
    filled.set(bytes.subarray(from, from + LINKS), to)
    filled.set(values, to + LINKS)
    filled.set(bytes.subarray(from + LINKS, from + LINKS + 4), to + LINKS + vectorBytes)
    to += LINKS + vectorBytes + 4
  }
  filled.set(bytes.subarray(elements, vectorsAt), to)
  return stranger === bytes.length ? { bytes: filled, labels: Array.from(labels), removed: count - labels.size } : undefined
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
