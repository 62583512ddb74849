import { expect, test } from 'vitest'
import { formatTable } from '../../src/util/format-table.ts'
import { rowsOf } from '../../src/learning/selection/population.ts'

test('a table of a selection reads as Markdown and as text', () => {
  const rows = rowsOf([
    [
      { database: 'db/0', outcomes: '101' },
      { database: 'db/1', outcomes: '0x0' },
    ],
    [
      { database: 'db/0', outcomes: '11' },
      { database: 'db/1.1', outcomes: '10' },
    ],
  ])
  expect(formatTable(rows)).toBe(
    [
      '| segment | member | database | tasks | successes | errors |  rate | replacedBy |',
      '| ------: | -----: | -------- | ----: | --------: | -----: | ----: | ---------- |',
      '|       0 |      0 | db/0     |     3 |         2 |      0 | 0.667 |            |',
      '|       0 |      1 | db/1     |     3 |         0 |      1 |     0 | db/0       |',
      '|       1 |      0 | db/0     |     2 |         2 |      0 |     1 |            |',
      '|       1 |      1 | db/1.1   |     2 |         1 |      0 | 0.500 |            |',
      '',
    ].join('\n'),
  )
})

test('goals cannot break out of their cells', () => {
  expect(formatTable([{ task: 'a | b\n| c \\|', quality: null }]).split('\n')[2]).toBe('| a \\| b \\| c \\\\\\| |         |')
})

test('no rows make no text', () => {
  expect(formatTable([])).toBe('')
})
