import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { step, trajectory } from '../../support/trajectories.ts'
import { exported, imported } from './exported.ts'
import { emptyShelf, importInto, NOW, type File } from './import-into.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const lineOf = (fields: object): string => JSON.stringify({ ...trajectory(), ...fields })
const GOOD = lineOf({ id: 'good' })

/** What became of the line between two good ones. */
async function between(line: string | Uint8Array): Promise<{ reasons: string[]; ids: string[] }> {
  const shelf = emptyShelf()
  const middle = typeof line === 'string' ? bytes(line) : line
  const file = Uint8Array.from([...bytes(`${GOOD}\n`), ...middle, ...bytes(`\n${lineOf({ id: 'last' })}\n`)])
  const { problems, invalid } = await importInto(shelf, [file], { chunk: 1000 })
  expect(invalid).toBe(problems.length)
  expect(problems.every((problem) => problem.line === 2 && problem.file === 0)).toBe(true)
  expect(shelf.kept.has('good') && shelf.kept.has('last')).toBe(true)
  return { reasons: problems.map(({ reason }) => reason), ids: Array.from(shelf.kept.keys()).slice(1, -1) }
}

test.each<[string, string | Uint8Array, RegExp]>([
  ['no JSON', 'hello', /not JSON/],
  ['JSON that is cut off', GOOD.slice(0, -20), /not JSON/],
  ['NaN, as some writers put it', GOOD.replace('"reward":1', '"reward":NaN'), /not JSON/],
  ['an endless number', GOOD.replace('"reward":1', '"reward":1e999'), /reward/],
  ['bytes that are no text', Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d), /not UTF-8/],
  ['zeros', new Uint8Array(2000), /not JSON/],
  ['a list', '[]', /no JSON object/],
  ['null', 'null', /no JSON object/],
  ['another object', '{"a":1}', /goal must be a string; steps must be an array/],
  ['a number for an id', lineOf({ id: 7 }), /id must be a string/],
  ['an object for an id', lineOf({ id: { toString: 'x' } }), /id must be a string/],
  ['an empty id', lineOf({ id: '' }), /id must be at least 1/],
  ['a huge id', lineOf({ id: 'x'.repeat(5000) }), /id must be at most 256/],
  ['a huge text', lineOf({ plan: 'x'.repeat(1_000_001) }), /plan must be at most 1,000,000/],
  ['too many steps', lineOf({ steps: Array.from({ length: 10_001 }, () => 0) }), /steps must be at most 10,000/],
  ['a step without an action', lineOf({ steps: [{ observation: '', reasoning: '' }] }), /steps\.0\.action/],
  ['a date that is none', lineOf({ createdAt: 'yesterday' }), /createdAt/],
  ['metadata that is a text', lineOf({ metadata: 'x' }), /metadata must be an object/],
  ['deep metadata', GOOD.replace('"metadata":{}', `"metadata":{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`), /levels deep/],
  ['many long reasons', lineOf({ steps: Array.from({ length: 5000 }, () => ({})) }), /^.{1,310}$/s],
  ['a damaged trailer', '{"format":"reprise-trajectories","end":true,"sha256":"no"}', /last line of an export, but damaged/],
])('%s is a bad line, and the lines around it are used', async (_, line, reason) => {
  const { reasons, ids } = await between(line)
  expect(reasons).toEqual([expect.stringMatching(reason)])
  expect(ids).toEqual([])
})

test.each<[string, string, string]>([
  ['an id that names a prototype', lineOf({ id: '__proto__' }), '__proto__'],
  ['an id that is a path', lineOf({ id: '../../etc/passwd\u0000' }), '../../etc/passwd\u0000'],
  ['an id with half a character', lineOf({ id: 'a\ud800' }), 'a\ud800'],
  [
    'unknown fields, however deep',
    GOOD.replace('{', `{"id":"x","junk":${'[{"a":'.repeat(20_000)}1${'}]'.repeat(20_000)},`).replace('"id":"good",', ''),
    'x',
  ],
  ['spaces around it', ` \t${lineOf({ id: 'x' })}  `, 'x'],
])('%s is data like any other', async (_, line, id) => {
  expect(await between(line)).toEqual({ reasons: [], ids: [id] })
})

test('nothing in a file reaches a prototype', async () => {
  const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"deep":[{"__proto__":{"polluted":1}}],"kept":2}'
  const shelf = emptyShelf()
  const [start, end] = [
    `{"__proto__":{"goal":"inherited"},"id":"x",`,
    `"steps":[{"observation":"","reasoning":"","action":"","metadata":${evil}}],"metadata":${evil}}`,
  ]
  await importInto(shelf, [`${start}"goal":"own",${end}\n${start}${end}`])
  const found = shelf.kept.get('x')
  const clean = { constructor: { prototype: { polluted: 1 } }, deep: [{}], kept: 2 }
  expect(found).toMatchObject({ goal: 'own', metadata: clean, steps: [{ metadata: clean }] })
  for (const part of [found?.metadata, found?.steps[0]?.metadata]) expect(Object.hasOwn(part ?? {}, '__proto__')).toBe(false)
  const [deep] = (found?.metadata['deep'] ?? []) as object[]
  expect(Object.hasOwn(deep ?? {}, '__proto__')).toBe(false)
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
  expect(shelf.kept.size).toBe(1)
})

test('what a line leaves out is filled in, and the same line is never two trajectories', async () => {
  const shelf = emptyShelf()
  const short = '{"goal":"g","steps":[],"taskId":null,"provenance":{"model":"m"}}'
  const result = await importInto(shelf, [`${short}\n{"goal":"h","steps":[],"success":false}\n${short}`])
  expect(result).toMatchObject({ imported: 2, skipped: 1, invalid: 0, checksum: 'missing' })
  const [first, second] = Array.from(shelf.kept.values())
  expect(first).toEqual({
    id: expect.stringMatching(/^import-[0-9a-f]{32}$/),
    goal: 'g',
    plan: '',
    steps: [],
    outcome: '',
    success: true,
    reward: 1,
    createdAt: new Date(NOW).toISOString(),
    provenance: { origin: '', model: 'm', rewardSource: 'import', pageText: true },
    metadata: {},
  })
  expect(second).toMatchObject({ success: false, reward: 0 })
})

test('of two lines with one id the first is used and the second counts as stored already', async () => {
  const shelf = emptyShelf()
  const lines = [lineOf({ id: 'x', plan: 'first' }), lineOf({ id: 'x', plan: 'second' })]
  expect(await importInto(shelf, [lines.join('\n'), lines[1] ?? ''])).toMatchObject({ imported: 1, skipped: 2, invalid: 0 })
  expect(shelf.kept.get('x')?.plan).toBe('first')
})

test('a line that is too long is passed over without being held, and the checksum still holds', async () => {
  const all = [trajectory({ id: 'a' }), trajectory({ id: 'long', steps: [step('x'.repeat(5000))] }), trajectory({ id: 'b' })]
  for (const chunk of [10, 1000, Infinity]) {
    const shelf = emptyShelf()
    const result = await importInto(shelf, [(await exported(all)).join('')], { chunk, longest: 4000 })
    expect(result).toMatchObject({
      imported: 2,
      invalid: 1,
      checksum: 'ok',
      problems: [{ file: 0, line: 3, reason: expect.stringContaining('too long') }],
    })
    expect(Array.from(shelf.kept.keys())).toEqual(['a', 'b'])
  }
})

test.each<[string, (lines: string[]) => string[], number]>([
  ['a line is lost', (lines) => lines.toSpliced(2, 1), 2],
  ['a line is added', (lines) => lines.toSpliced(2, 0, `${lineOf({ id: 'planted' })}\n`), 4],
  ['a line is changed', (lines) => lines.with(1, (lines[1] ?? '').replace('open the door', 'pay the thief')), 3],
  ['lines change places', (lines) => lines.toSpliced(1, 2, lines[2] ?? '', lines[1] ?? ''), 3],
])('where %s the checksum says so, and the valid lines are used', async (_, change, count) => {
  const lines = change(await exported(['a', 'b', 'c'].map((id) => trajectory({ id }))))
  const result = await importInto(emptyShelf(), [lines.join('')])
  expect(result).toMatchObject({ imported: count, invalid: 0, checksum: 'mismatch' })
  expect(result.problems).toEqual([{ file: 0, line: lines.length, reason: expect.stringContaining('SHA-256') }])
})

test('a file that ends before its trailer is used as far as it goes, and its checksum is missing', async () => {
  const file = (await exported(['a', 'b', 'c'].map((id) => trajectory({ id })))).join('')
  const cut = file.slice(0, file.indexOf('"id":"c"') + 50)
  expect(await importInto(emptyShelf(), [cut])).toMatchObject({ imported: 2, invalid: 1, checksum: 'missing', problems: [{ line: 4 }] })
})

test('a damaged first line costs that line alone, whatever the damage looks like', async () => {
  const [header = '', ...rest] = await exported(['a', 'b'].map((id) => trajectory({ id })))
  for (const damaged of ['{\n', '[\n', '[{"format\n', '{"\n', '"\n', '\n', '}\n', header.slice(9), header.slice(0, 20) + '\n']) {
    const shelf = emptyShelf()
    const result = await importInto(shelf, [damaged + rest.join('')])
    expect([damaged, Array.from(shelf.kept.values())]).toEqual([damaged, [trajectory({ id: 'a' }), trajectory({ id: 'b' })].map(imported)])
    expect(result.checksum).not.toBe('ok')
  }
})

test.each([
  ['a later version', '"version":2', /format version 2/],
  ['no version', '"version":null', /format version unknown/],
])('of an export of %s nothing is used', async (_, version, reason) => {
  const [header = '', ...rest] = await exported([trajectory()])
  const foreign = [header.replace('"version":1', version), ...rest].join('')
  const shelf = emptyShelf()
  const session = importInto(shelf, [foreign])
  await expect(session).rejects.toMatchObject({ code: 'import-invalid', message: expect.stringMatching(reason) })
  expect(shelf.batches).toEqual([])
  // What is beside it is not harmed.
  const result = await importInto(shelf, [foreign + (await exported([trajectory({ id: 'mine' })])).join(''), GOOD])
  expect(Array.from(shelf.kept.keys())).toEqual(['mine', 'good'])
  expect(result).toMatchObject({ imported: 2, invalid: 1, problems: [{ file: 0, line: 1 }] })
})

test.each<[string, File[]]>([
  ['no file', []],
  ['an empty file', ['']],
  ['an empty list', ['[]']],
  ['nothing but space', [' \n\n \t', '\ufeff\n']],
  ['another kind of file', ['a,b\n1,2\n']],
  ['a picture', [Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256)]],
])('where there is %s the import is invalid', async (_, files) => {
  const shelf = emptyShelf()
  await expect(importInto(shelf, files)).rejects.toMatchObject({
    code: 'import-invalid',
    message: expect.stringContaining('Nothing was imported'),
  })
  expect(shelf.batches).toEqual([])
})

test('an error never quotes what a file holds', async () => {
  const secret = 'sk-0123456789'
  for (const file of [`{"goal":"${secret}`, `${secret}`, `{"goal":"${secret}","steps":"${secret}"}`, `[${secret}]`])
    await expect(importInto(emptyShelf(), [file])).rejects.toMatchObject({ message: expect.not.stringContaining(secret) })
})

test('only the first thousand bad lines are described, and all are counted', async () => {
  const result = await importInto(emptyShelf(), [`${'x\n'.repeat(3000)}${GOOD}`])
  expect(result).toMatchObject({ imported: 1, invalid: 3000 })
  expect(result.problems).toHaveLength(1000)
})

test('whatever bytes come, in whatever chunks, the good lines between them are found and nothing throws', async () => {
  const noise = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.string({ maxLength: 60 }).map(bytes), fc.json().map(bytes))
  await fc.assert(
    fc.asyncProperty(fc.array(noise, { maxLength: 8 }), fc.integer({ min: 1, max: 100 }), async (parts, chunk) => {
      const shelf = emptyShelf()
      const first = bytes(`${GOOD}\n`)
      const rest = parts.flatMap((part) => [...part, 0x0a])
      await importInto(shelf, [Uint8Array.from([...first, ...rest, ...bytes(lineOf({ id: 'last' }))])], { chunk })
      expect(shelf.kept.has('good') && shelf.kept.has('last')).toBe(true)
      await importInto(shelf, [GOOD, Uint8Array.from(rest)], { chunk })
    }),
    { numRuns: 300 },
  )
})
