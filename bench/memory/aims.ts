/** What this memory set out to reach at the largest size, beside what it reached. */
import { table, percent } from '../learning/report-cells.ts'
import { shareOfEqual } from './oracle.ts'
import { mega, median, ms, ownSearch, p95, ramOf, type Measured } from './report.ts'
import { PHASES } from './stages.ts'

interface Aim {
  what: string
  aim: string
  reached: string
  met: boolean
}

export function aimsTable(sizes: readonly Measured[]): string {
  const last = sizes.at(-1)
  if (!last) return ''
  const lines = aimsOf(last, sizes.at(-2) ?? last).map(({ what, aim, reached, met }) => [what, aim, reached, met ? 'met' : '**missed**'])
  return table([`at ${last.size.toLocaleString('en-US')} trajectories`, 'aim', 'reached', ''], lines)
}

function aimsOf(last: Measured, smaller: Measured): Aim[] {
  const { retrieve, fill, fresh, ram, training, peers } = last
  const hot = Math.max(...PHASES.map((phase) => p95(retrieve.phases[phase].hot)))
  const cold = Math.max(...PHASES.map((phase) => p95(retrieve.phases[phase].cold)))
  const equal = Math.min(...PHASES.map((phase) => shareOfEqual(peers.answers.float32[phase], retrieve.phases[phase].answers)))
  const search = Math.max(...fresh.map((one) => one.search))
  const [growth, own] = [median(fill.adds) / median(smaller.fill.adds), median(ownSearch(last, 'reason'))]
  const beside = (name: string): number => median(peers.searches[name] ?? [])
  return [
    aim('retrieve, hot, p95 of the slowest phase', '≤ 5 ms', `${ms(hot)} ms`, hot <= 5),
    aim('retrieve, cold, p95 of the slowest phase', '≤ 5 ms', `${ms(cold)} ms`, cold <= 5),
    aim('exemplars equal to exact float32, worst phase', '≥ 99 %', `${percent(equal)} %`, equal >= 0.99),
    aim('add, p95', '≤ 60 ms', `${ms(p95(fill.adds))} ms`, p95(fill.adds) <= 60),
    aim(`add, median, times that at ${smaller.size.toLocaleString('en-US')}`, 'flat (≤ 1.3)', growth.toFixed(2), growth <= 1.3),
    aim(`fork of ${smaller.size.toLocaleString('en-US')}`, '≤ 1 s', `${ms(smaller.fill.fork)} ms`, smaller.fill.fork <= 1000),
    aim('open to first search, slowest', '≤ 1 s', `${ms(search)} ms`, search <= 1000),
    aim('RAM with WASM', '≤ 100 MB', `${mega(ramOf(ram))} MB`, ramOf(ram) <= 100e6),
    aim('tasks over 50 ms while training', '0', `${training.longTasks.length}`, training.longTasks.length === 0),
    aim('index search, times faster than mememo', '≥ 5', (beside('mememo pair') / own).toFixed(1), beside('mememo pair') / own >= 5),
    aim('index search, times hnswlib-wasm by itself', '≤ 1.3', (own / beside('raw pair')).toFixed(2), own / beside('raw pair') <= 1.3),
  ]
}

function aim(what: string, wanted: string, reached: string, met: boolean): Aim {
  return { what, aim: wanted, reached, met }
}
