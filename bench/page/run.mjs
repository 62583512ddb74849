/** `npm run bench:page`: how long it takes to see a page, by its size, beside a peer. See docs/page.md. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runPages } from '../support.mjs'
import { writeTables } from '../write-tables.mjs'

const USAGE = `usage: npm run bench:page [-- OPTIONS]

  --quick        three sizes, 5 runs each
  --write-docs   put the table into docs/page.md`

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, 'write-docs': { type: 'boolean' }, help: { type: 'boolean' } } })
if (values.help) console.log(USAGE)
else await main()

async function main() {
  const samples = []
  const sizes = values.quick ? [100, 1000, 5000] : [100, 500, 1000, 2000, 5000, 10_000]
  await runPages('page', {
    print: (message) => message.type() === 'error' && console.error(message.text()),
    pages: [{ benchConfig: () => ({ sizes, runs: values.quick ? 5 : 11 }), benchKeep: (sample) => void samples.push(sample) }],
  })
  const table = tableOf(samples)
  console.log(table)
  if (values['write-docs']) writeTables(path.join(fileURLToPath(new URL('../..', import.meta.url)), 'docs/page.md'), { see: table })
}

/** One row a size and reader; ratios to this library in the same run. */
function tableOf(samples) {
  const head =
    '| elements | reader | ms of the page’s thread, median | ratio | longest piece, ms | until the text is there, ms | characters |'
  const rows = samples.map((sample) => {
    const ours = samples.find(({ elements, who }) => elements === sample.elements && who === 'reprise')
    const ratio = sample === ours ? '1' : (sample.busyMs / ours.busyMs).toFixed(2)
    const times = [sample.busyMs.toFixed(1), ratio, sample.longestMs.toFixed(1), sample.wallMs.toFixed(1)]
    return `| ${[sample.elements, sample.who, ...times, sample.characters].join(' | ')} |`
  })
  return [head, '| -: | - | -: | -: | -: | -: | -: |', ...rows].join('\n')
}
