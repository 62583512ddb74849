/**
 * Reads the wire format of protobuf (https://protobuf.dev/programming-guides/encoding) field by field. It copies nothing
 * and keeps to the bytes it was given, so that the worst that damaged ones can do is an error.
 */
import { RepriseError } from '../../core/errors.ts'

export type Field =
  | { number: number; kind: 'integer'; value: number }
  | { number: number; kind: 'bytes'; bytes: Uint8Array<ArrayBuffer> }
  | { number: number; kind: 'fixed' } //  4 or 8 bytes, which nothing here needs

/**
 * The fields of one message, in the order of the file; fields within fields are read by calling this again.
 * Integers above 2⁵³ come out rounded. Errors: `model-unavailable` where the bytes are cut off or no protobuf.
 */
export function* readFields(bytes: Uint8Array<ArrayBuffer>): Generator<Field, void> {
  const cursor = { bytes, offset: 0 }
  while (cursor.offset < bytes.length) {
    const tag = readInteger(cursor)
    const number = Math.floor(tag / 8)
    if (number < 1 || number > MAX_FIELD_NUMBER) throw damaged(`there is no field ${number}`)
    yield readField(cursor, number, tag % 8)
  }
}

/** Integers that were written one after the other into one field. */
export function readPackedIntegers(bytes: Uint8Array<ArrayBuffer>): number[] {
  const cursor = { bytes, offset: 0 }
  const values: number[] = []
  while (cursor.offset < bytes.length) values.push(readInteger(cursor))
  return values
}

/** The error for a weights file that cannot be used; `why` completes the sentence. */
export function damaged(why: string): RepriseError {
  return new RepriseError('model-unavailable', `The model's weights cannot be read: ${why}. Nothing was loaded; fetch the file again.`)
}

const MAX_FIELD_NUMBER = 2 ** 29 - 1

interface Cursor {
  bytes: Uint8Array<ArrayBuffer>
  offset: number
}

function readField(cursor: Cursor, number: number, wireType: number): Field {
  switch (wireType) {
    case 0:
      return { number, kind: 'integer', value: readInteger(cursor) }
    case 1:
      take(cursor, 8)
      return { number, kind: 'fixed' }
    case 2:
      return { number, kind: 'bytes', bytes: take(cursor, readInteger(cursor)) }
    case 5:
      take(cursor, 4)
      return { number, kind: 'fixed' }
    default:
      throw damaged(`byte ${cursor.offset} starts a field of the unknown type ${wireType}`)
  }
}

function readInteger(cursor: Cursor): number {
  let value = 0
  for (let place = 1; place < 2 ** 70; place *= 128) {
    const byte = cursor.bytes[cursor.offset++]
    if (byte === undefined) throw damaged('the file ends within a number')
    value += (byte & 127) * place
    if (byte < 128) return value
  }
  throw damaged(`the number before byte ${cursor.offset} is too long`)
}

function take(cursor: Cursor, length: number): Uint8Array<ArrayBuffer> {
  const end = cursor.offset + length
  if (end > cursor.bytes.length) throw damaged(`the file ends ${end - cursor.bytes.length} bytes too early`)
  const part = cursor.bytes.subarray(cursor.offset, end)
  cursor.offset = end
  return part
}
