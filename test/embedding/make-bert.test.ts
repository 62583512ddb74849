import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeBert } from '../../tools/make-bert.mjs'

const folder = mkdtempSync(join(tmpdir(), 'reprise-bert-'))
afterAll(() => rmSync(folder, { recursive: true }))

const made = (name: string, options: object): Record<string, Buffer> => {
  const into = join(folder, name)
  makeBert(into, { tiny: true, ...options })
  const files = readdirSync(into, { recursive: true, encoding: 'utf8' }).filter((file) => file.includes('.'))
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(into, file))]))
}

test('the same seed gives the same bytes, another seed other weights of the same size', () => {
  const first = made('first', { seed: 1, q8: true })
  expect(Object.keys(first).toSorted()).toEqual([
    'config.json',
    'onnx/model.onnx',
    'onnx/model_quantized.onnx',
    'tokenizer.json',
    'tokenizer_config.json',
  ])
  expect(made('again', { seed: 1, q8: true })).toEqual(first)
  const other = made('other', { seed: 2 })['onnx/model.onnx']
  expect(other).toHaveLength(first['onnx/model.onnx']?.length ?? 0)
  expect(other?.equals(first['onnx/model.onnx'] as Buffer)).toBe(false)
})
