/** The page of the learning benchmark: runs what it is told to, world by world, and hands each episode to the process that drives it. */
import { unitOf } from './episode-rows.ts'
import { host, Stop, type Config } from './host.ts'
import { createMemories } from './memories.ts'
import { openModel } from './models.ts'
import { chooseRows, type Row } from './rows.ts'
import { runUnit, type Unit } from './run-unit.ts'

const config = await host.benchConfig()
const { model, forget } = await openModel(config)
const memories = createMemories(config)
const rows = chooseRows(config.rows)

try {
  const units = unitsOf(rows, config)
  for (const [i, unit] of units.entries()) {
    await forget()
    const began = performance.now()
    await runUnit(unit, { model, memories, checkTime })
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    await host.benchSay(`${i + 1}/${units.length} ${unit.row.name}, world ${unit.world}: ${unit.size.goals} goals in ${seconds} s`)
  }
} catch (error) {
  if (!(error instanceof Stop)) throw error
  await host.benchSay(`stopped: ${error.message}. What was done is kept; --resume goes on.`)
}
await memories.close()
document.title = 'finished'

/** The first world of every row, then the second of every row: whenever it ends, all rows have about as many. */
function unitsOf(rows: readonly Row[], { quick, n, goals, lane, lanes, finished }: Config): Unit[] {
  const done = new Set(finished)
  const sized = rows.map((row) => {
    const own = quick ? row.quick : row.full
    return { row, size: { worlds: own.worlds && (n ?? own.worlds), goals: own.goals === 1 ? 1 : (goals ?? own.goals) } }
  })
  const most = Math.max(0, ...sized.map(({ size }) => size.worlds))
  return Array.from({ length: most }, (_, world) => sized.flatMap((one) => (world < one.size.worlds ? [{ ...one, world }] : [])))
    .flat()
    .filter((unit) => unit.world % lanes === lane && !done.has(unitOf({ row: unit.row.name, world: unit.world })))
}

function checkTime(): void {
  if (config.deadline !== undefined && Date.now() > config.deadline) throw new Stop('the time is used up')
}
