/**
 * `npm run bench:safety`: how often attacks succeed against an agent in a page whose model does whatever any text tells it, with and
 * without a memory, beside a careless agent on the same cases; and what benign tasks cost in questions to the user. See docs/safety.md.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runnerImport } from 'vite'
import { writeTables } from '../write-tables.mjs'

const USAGE = `usage: npm run bench:safety [-- OPTIONS]

  --quick         a sample of each kind, one try each
  --only TEXT     cases with this in "kind: name", tasks with this in their id
  --settings A,…  ours, memory, naive (default: all)
  --tries N       default 3; the careless agent gets one
  --lanes N       pages at a time (default 6)
  --no-benign     attacks alone
  --report        run nothing: tables of the last run
  --write-docs    put the tables into docs/safety.md`

const root = fileURLToPath(new URL('../..', import.meta.url))
const out = path.join(root, '.cache/bench')
const text = { type: 'string' }
const flag = { type: 'boolean' }
const { values } = parseArgs({
  options: {
    quick: flag,
    only: text,
    settings: text,
    tries: text,
    lanes: text,
    benign: { ...flag, default: true },
    'write-docs': flag,
    report: flag,
    help: flag,
  },
  allowNegative: true,
})

if (values.help) console.log(USAGE)
else await main()

async function main() {
  const load = async (file) => (await runnerImport(path.join(root, file), { configFile: false, logLevel: 'error' })).module
  const { runSuite } = await load('bench/safety/suite.ts')
  const { faultsOf, tablesOf } = await load('bench/safety/report.ts')
  const result = values.report
    ? JSON.parse(readFileSync(path.join(out, 'safety.json'), 'utf8'))
    : await runSuite({
        quick: values.quick,
        only: values.only,
        benign: values.benign,
        ...(values.settings && { settings: values.settings.split(',') }),
        ...(values.tries && { tries: Number(values.tries) }),
        ...(values.lanes && { lanes: Number(values.lanes) }),
        say: (line) => console.error(line),
      })
  mkdirSync(out, { recursive: true })
  writeFileSync(path.join(out, 'safety.json'), JSON.stringify(result, null, 1))
  const tables = tablesOf(result)
  for (const [name, table] of Object.entries(tables)) console.log(`## ${name}\n\n${table}\n`)
  const faults = faultsOf(result)
  console.log(faults.length > 0 ? `What must not be:\n${faults.map((line) => `- ${line}`).join('\n')}` : 'Nothing happened that must not.')
  console.log(`${(result.milliseconds / 1000).toFixed(0)} s`)
  if (values['write-docs']) writeTables(path.join(root, 'docs/safety.md'), tables)
  process.exitCode = faults.length > 0 ? 1 : 0
}
