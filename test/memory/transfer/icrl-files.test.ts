import { expect, test } from 'vitest'
import { trajectory } from '../../support/trajectories.ts'
import { exported } from './exported.ts'
import { emptyShelf, importInto, NOW } from './import-into.ts'

/** As package `icrl` keeps them: one object in each file, `<id>.json`. */
const record = (id: string, fields: object = {}): object => ({
  id,
  goal: 'put a clean mug on the desk',
  plan: '1. find a mug\n2. clean it\n3. put it on the desk',
  steps: [
    { observation: 'You are in a room. {brace} "quote" \\ [list', reasoning: 'A mug is in the cabinet.', action: 'open cabinet 1' },
    { observation: 'The cabinet holds a mug.', reasoning: 'Take it.', action: 'take mug 1' },
  ],
  success: true,
  metadata: { task: 'alfworld', total_tokens: 1234, nested: { list: [1, 2.5, null] } },
  ...fields,
})
const ID = '7d0f7f1e-6a53-4d5e-9f3c-2f4f6f0f8a11'

const EXPECTED = {
  ...(record(ID) as { id: string; metadata: object }),
  outcome: '',
  reward: 1,
  createdAt: new Date(NOW).toISOString(),
  provenance: { origin: '', model: '', rewardSource: 'import', pageText: true },
}

test.each([
  ['pretty, with two spaces', JSON.stringify(record(ID), null, 2)],
  ['pretty, with tabs and Windows line breaks', JSON.stringify(record(ID), null, '\t').replaceAll('\n', '\r\n')],
  ['pretty, without indents', JSON.stringify(record(ID), null, 1).replaceAll(/^ +/gm, '')],
  ['in one line', JSON.stringify(record(ID))],
  ['with a byte order mark', `\ufeff${JSON.stringify(record(ID), null, 4)}\n\n`],
  ['in a list', JSON.stringify([record(ID)])],
  ['in a pretty list', JSON.stringify([record(ID)], null, 2)],
])('a trajectory file of package icrl is read: %s', async (_, file) => {
  const shelf = emptyShelf()
  expect(await importInto(shelf, [file])).toEqual({ lines: 1, imported: 1, skipped: 0, invalid: 0, problems: [], checksum: 'missing' })
  expect(Array.from(shelf.kept.values())).toEqual([EXPECTED])
})

test('a directory of such files is stored in few batches, and what failed stays a failure', async () => {
  const shelf = emptyShelf()
  const files = Array.from({ length: 100 }, (_, i) => JSON.stringify(record(`${i}`, { success: i % 2 === 0 }), null, 2))
  expect(await importInto(shelf, files)).toMatchObject({ lines: 100, imported: 100 })
  expect(shelf.batches.length).toBeLessThan(6)
  expect(shelf.kept.get('1')).toMatchObject({ success: false, reward: 0 })
})

test.each([
  ['one to a line', (all: object[]) => all.map((one) => JSON.stringify(one)).join('\n')],
  ['pretty, after each other', (all: object[]) => all.map((one) => JSON.stringify(one, null, 2)).join('\n')],
  ['in a list', (all: object[]) => JSON.stringify(all)],
  ['in a pretty list', (all: object[]) => JSON.stringify(all, null, 4)],
  ['in a list of lines', (all: object[]) => `[\n${all.map((one) => JSON.stringify(one)).join(',\n')}\n]`],
])('several in one file are read: %s', async (_, write) => {
  const shelf = emptyShelf()
  const all = Array.from({ length: 50 }, (__, i) => record(`${i}`))
  expect(await importInto(shelf, [write(all)], { chunk: 997 })).toMatchObject({ lines: 50, imported: 50, invalid: 0 })
})

test('a bad object is named by the line where it begins, and those around it are read', async () => {
  const pretty = JSON.stringify([record('a'), record('b', { goal: 7 }), record('c')], null, 2)
  const line = pretty.slice(0, pretty.indexOf('"id": "b"')).split('\n').length - 1
  const shelf = emptyShelf()
  expect(await importInto(shelf, ['{}', pretty])).toMatchObject({
    imported: 2,
    invalid: 2,
    problems: [
      { file: 0, line: 1 },
      { file: 1, line, reason: 'goal must be a string' },
    ],
  })
})

test('a text that is broken off costs its object, and the next at its indent is read', async () => {
  const pretty = JSON.stringify([record('a'), record('b'), record('c')], null, 2)
  const broken = pretty.replace('"id": "b",', '"id": "b')
  const shelf = emptyShelf()
  expect(await importInto(shelf, [broken])).toMatchObject({
    imported: 2,
    invalid: 1,
    problems: [{ reason: expect.stringContaining('broken off') }],
  })
  expect(Array.from(shelf.kept.keys())).toEqual(['a', 'c'])
})

test('a file that ends within an object says where that began', async () => {
  const pretty = JSON.stringify([record('a'), record('b')], null, 2)
  const line = pretty.slice(0, pretty.indexOf('"id": "b"')).split('\n').length - 1
  const result = await importInto(emptyShelf(), [pretty.slice(0, -60)], { chunk: 100 })
  expect(result).toMatchObject({ imported: 1, problems: [{ line, reason: 'the file ends within it' }] })
})

test('an object that is too long is passed over, and the next is read', async () => {
  const all = [record('a'), record('long', { plan: 'x'.repeat(9000) }), record('c')]
  for (const chunk of [100, Infinity]) {
    const result = await importInto(emptyShelf(), [JSON.stringify(all)], { chunk, longest: 5000 })
    expect(result).toMatchObject({ imported: 2, problems: [{ line: 1, reason: expect.stringContaining('too long') }] })
  }
})

test('what is no object in a list is told once a line', async () => {
  const result = await importInto(emptyShelf(), [`[1, 2, "{",\n${JSON.stringify(record('a'))},\nnull]`])
  expect(result).toMatchObject({ imported: 1, invalid: 2, problems: [{ line: 1 }, { line: 3 }] })
})

test('such files and an export can be imported together, each with its own account', async () => {
  const lines = (await exported([trajectory({ id: 'x' })])).join('')
  expect(await importInto(emptyShelf(), [lines, JSON.stringify(record('a'), null, 2), `${lines}\n`])).toEqual({
    lines: 7,
    imported: 2,
    skipped: 1,
    invalid: 0,
    problems: [],
    checksum: 'missing',
  })
})
