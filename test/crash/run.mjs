/**
 * `npm run test:crash`: kills pages, workers, tabs and browsers in the middle of what a memory does, and looks at what is left.
 *
 * usage: npm run test:crash [-- --rounds 200] [-- --seed 1] [-- --operation add]
 */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { runnerImport } from 'vite'
import { ensureBrowser } from '../../tools/find-browser.mjs'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '200' }, seed: { type: 'string' }, operation: { type: 'string', multiple: true } },
})
const rounds = Number(values.rounds)
const seed = Number(values.seed ?? Date.now() % 1_000_000)
process.env.CHROME_PATH = ensureBrowser()

const load = async (file) => (await runnerImport(path.join(import.meta.dirname, file), { configFile: false, logLevel: 'error' })).module
const [{ crash }, { isSound, problemsOf, reportOf }] = await Promise.all([load('rounds.ts'), load('report.ts')])

console.log(`${rounds} rounds; the same again: npm run test:crash -- --rounds ${rounds} --seed ${seed}`)
const began = Date.now()
const outcomes = await crash({
  rounds,
  seed,
  ...(values.operation && { operations: values.operation }),
  onRound(outcome, i) {
    for (const problem of problemsOf([outcome])) console.log(problem.replace('round 0', `round ${i}`))
    if ((i + 1) % 20 === 0) console.log(`${i + 1} rounds in ${Math.round((Date.now() - began) / 1000)} s`)
  },
})
console.log(`\n${reportOf(outcomes)}`)
process.exit(isSound(outcomes) ? 0 : 1)
