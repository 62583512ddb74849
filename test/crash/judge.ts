/** Compares what was asked and acknowledged with what is found afterwards. */
import { isDeepStrictEqual } from 'node:util'
import type { RecordResult } from '../../src/core/memory.ts'
import type { Trajectory } from '../../src/core/trajectory.ts'
import type { EpisodeRow, LedgerRow, TrajectoryRow } from '../../src/memory/store/trajectory-store.ts'
import { effectsOf, type Log } from './log.ts'
import type { Dump, Survey } from './page-api.ts'

export interface Findings {
  /** Acknowledged, and not so. */
  lost: string[]
  /** There in part. */
  half: string[]
  /** Wrong in any other way. */
  wrong: string[]
  /** Not acknowledged when it ended: how many were carried out, and how many not. */
  unknown: { done: number; undone: number }
}

export function noFindings(): Findings {
  return { lost: [], half: [], wrong: [], unknown: { done: 0, undone: 0 } }
}

type Asked = Pick<Log, 'steps' | 'acknowledged' | 'progress'>

/** @param before what was stored, for certain, when the first step was taken. */
export function judgeTrajectories(before: ReadonlyMap<string, Trajectory>, log: Asked, { tables }: Dump): Findings {
  const findings = noFindings()
  const found = trajectoriesOf(tables)
  const effects = effectsOf(log)
  const known = new Map(before)
  for (const { id, stores } of effects) if (stores) known.set(id, stores)
  const removing = new Map<string, boolean>()
  for (const { id, stores, acknowledged } of effects) if (!stores) removing.set(id, acknowledged || removing.get(id) === true)
  const certain = new Set([...before.keys(), ...effects.filter(({ stores, acknowledged }) => stores && acknowledged).map(({ id }) => id)])

  for (const [id, trajectory] of known) {
    const row = found.get(id)
    if (row && !isDeepStrictEqual(row.trajectory, trajectory)) findings.half.push(`${id}: not as it was given`)
    const removal = removing.get(id)
    if (removal === true) {
      if (row) findings.lost.push(`${id}: its deletion was acknowledged, and it is there`)
    } else if (removal === false) findings.unknown[row ? 'undone' : 'done']++
    else if (!certain.has(id)) findings.unknown[row ? 'done' : 'undone']++
    else if (!row) findings.lost.push(`${id}: acknowledged, and not there`)
  }
  for (const id of found.keys()) if (!known.has(id)) findings.wrong.push(`${id}: nobody has sent it`)
  return findings
}

/** Episodes, verdicts and acceptances: each whole, and the acknowledged ones there. */
export function judgeBookings({ steps, acknowledged }: Asked, { tables }: Dump): Findings {
  const findings = noFindings()
  const found = trajectoriesOf(tables)
  const ledger = ledgerOf(tables)
  const episodes = episodesOf(tables)
  const judge = (id: string, i: number, done: boolean): void => {
    if (acknowledged.has(i) && !done) findings.lost.push(`${id}: ${steps[i]?.kind ?? ''} was acknowledged, and did nothing`)
    if (!acknowledged.has(i)) findings.unknown[done ? 'done' : 'undone']++
  }
  steps.forEach((step, i) => {
    if (step.kind === 'record') {
      const { trajectory, store } = step.episode
      const booked = episodes.filter(({ episode }) => episode === trajectory.id)
      if (booked.length > 1) findings.wrong.push(`${trajectory.id}: booked ${booked.length} times`)
      if (store && found.has(trajectory.id) !== booked.length > 0) findings.half.push(`${trajectory.id}: stored or booked, not both`)
      if (!store) judge(trajectory.id, i, booked.length > 0)
      else if (acknowledged.has(i) && booked.length === 0) findings.lost.push(`${trajectory.id}: its episode is not booked`)
      const { pruned = [] } = (acknowledged.get(i) ?? {}) as Partial<RecordResult>
      for (const id of pruned)
        if (!['pruned', 'retired', undefined].includes(found.get(id)?.status)) findings.lost.push(`${id}: was pruned, and is not`)
    } else if (step.kind === 'feedback') {
      const row = ledger.get(step.id)
      if (!row) return
      const given = row.feedback?.last.filter(({ note }) => note === step.signal.note).length ?? 0
      if (given > 1) findings.wrong.push(`${step.id}: one verdict was counted ${given} times`)
      judge(step.id, i, given > 0)
    } else if (step.kind === 'accept') {
      const accepted = step.ids.filter((id) => found.get(id)?.status === 'active').length
      if (accepted !== 0 && accepted !== step.ids.length) findings.half.push(`${step.ids.join()}: accepted in part`)
      judge(step.ids.join(), i, accepted > 0)
    }
  })
  for (const [id, { retrievals }] of ledger) {
    const shown = episodes.filter(({ shownIds }) => shownIds.includes(id)).length
    // What waits in quarantine is credited with nothing; imports may have waited when they were named.
    const mayHaveWaited = found.get(id)?.trajectory.provenance.rewardSource === 'import'
    if (mayHaveWaited ? retrievals > shown : retrievals !== shown)
      findings.half.push(`${id}: its counts know ${retrievals} episodes, and ${shown} are booked`)
  }
  return findings
}

/** @param surveys what two handles of the memory say, the first by a graph, the second by comparing with all. */
export function judgeSurveys(surveys: readonly [Survey, Survey], { tables }: Dump): string[] {
  const rows = Array.from(trajectoriesOf(tables).values())
  const ids = rows.map(({ id }) => id).toSorted()
  const active = rows
    .filter(isActive)
    .map(({ id }) => id)
    .toSorted()
  const pruned = rows.filter(({ status }) => status === 'pruned').length
  const wrong = surveys.flatMap(({ count, stats, listed, retrieved }, i) => {
    const expected: Record<string, [unknown, unknown]> = {
      count: [count, ids.length],
      stats: [
        stats,
        { count: ids.length, retrievable: active.length, pruned, corrupt: [], index: i === 0 && active.length > 0 ? 'hnsw' : 'exact' },
      ],
      list: [listed.map(({ id }) => id).toSorted(), ids],
      'a search for all': [retrieved[0]?.map(([id]) => id).toSorted(), active],
    }
    return Object.entries(expected).flatMap(([name, [is, should]]) =>
      isDeepStrictEqual(is, should) ? [] : [`${name} (${i === 0 ? 'hnsw' : 'exact'}): ${difference(is, should)}`],
    )
  })
  if (!isDeepStrictEqual(surveys[0].retrieved, surveys[1].retrieved))
    wrong.push(`the graph answers otherwise than the exact search: ${JSON.stringify(surveys.map(({ retrieved }) => retrieved.slice(1)))}`)
  return wrong
}

function difference(is: unknown, should: unknown): string {
  if (!Array.isArray(is) || !Array.isArray(should)) return `${JSON.stringify(is)}, not ${JSON.stringify(should)}`
  const [missing, beyond] = [should.filter((id) => !is.includes(id)), is.filter((id) => !should.includes(id))]
  return `${is.length} ids, not ${should.length}; missing: ${missing.join()}; too many: ${beyond.join()}`
}

/** A fork is like its source, or empty, or marked as unfinished; whole, where it was acknowledged. */
export function judgeFork(source: Dump, target: Dump | null, acknowledged: boolean): Findings {
  const findings = noFindings()
  const whole = target !== null && isDeepStrictEqual(comparable(target), comparable(source))
  const meta = target?.tables['meta']?.[0]
  const none =
    target === null ||
    meta?.['unfinished'] === true ||
    Object.entries(target.tables).every(([table, rows]) => rows.length === 0 || table === 'meta' || table === 'changes')
  if (acknowledged && !whole) findings.lost.push('a fork: acknowledged, and not like its source')
  if (!whole && !none) findings.half.push('a fork: neither whole nor empty')
  if (!acknowledged) findings.unknown[whole ? 'done' : 'undone']++
  return findings
}

/** The changes of a copy are its own, and so are their numbers. */
function comparable({ version, tables }: Dump): unknown {
  const meta = tables['meta']?.map((row) => ({ ...row, covered: undefined, revision: 0, forgotten: 0 }))
  return { version, ...tables, meta, changes: undefined, snapshots: undefined }
}

export function trajectoriesOf(tables: Dump['tables']): Map<string, TrajectoryRow> {
  return new Map((tables['trajectories'] ?? []).map((row) => [row['id'] as string, row as unknown as TrajectoryRow]))
}

export function isActive({ status, supersededBy, trajectory }: TrajectoryRow): boolean {
  return trajectory.success && status === 'active' && supersededBy === undefined
}

export function ledgerOf(tables: Dump['tables']): Map<string, LedgerRow> {
  return new Map((tables['ledger'] ?? []).map((row) => [row['id'] as string, row as unknown as LedgerRow]))
}

export function episodesOf(tables: Dump['tables']): EpisodeRow[] {
  return (tables['episodes'] ?? []) as unknown as EpisodeRow[]
}
