/** What is wrong with the rows of a store, whoever wrote them: trajectories without what belongs to them, and the other way round. */
import type { EpisodeRow, KeysRow, LedgerRow, MetaRow, TrajectoryRow } from '../../src/memory/store/trajectory-store.ts'
import type { Dump } from './page-api.ts'

type Rows<T> = Map<unknown, T>
/** Sizes of typed arrays, in place of the arrays. */
interface Sizes {
  values: { bytes: number }
  scales: { bytes: number }
}
type Keys = Omit<KeysRow, 'vectors'> & { vectors?: Sizes }

/** One sentence for each flaw. @param dimensions of all vectors. @param embedded whether missing vectors are flaws. */
export function halfThere({ tables }: Dump, { dimensions, embedded }: { dimensions: number; embedded: boolean }): string[] {
  const rows = <T>(table: string): Rows<T> => new Map((tables[table] ?? []).map((row) => [row['id'], row as T]))
  const trajectories = rows<TrajectoryRow>('trajectories')
  const keys = rows<Keys>('keys')
  const [observations, reasonings] = [rows<Sizes>('observations'), rows<Sizes>('reasonings')]
  const flaws: string[] = []
  const flaw = (id: unknown, what: string): void => void flaws.push(`${String(id)}: ${what}`)

  for (const table of ['keys', 'observations', 'reasonings', 'ledger'])
    for (const id of rows(table).keys()) if (!trajectories.has(id)) flaw(id, `a row of ${table} without a trajectory`)
  const ledger = rows<LedgerRow>('ledger')
  for (const [id, row] of trajectories) {
    if (ledger.get(id)?.seq !== row.seq) flaw(id, 'no row of ledger, or one of another trajectory')
    const key = keys.get(id)
    if (!key) {
      flaw(id, 'no row of keys')
      continue
    }
    const active = row.trajectory.success && row.status === 'active' && row.supersededBy === undefined
    if (key.active !== active) flaw(id, `its keys say ${key.active ? 'active' : 'not active'}, its row ${row.status}`)
    if (active && embedded && !key.vectors) flaw(id, 'no vectors of goal and plan')
    if (key.vectors && !fits(key.vectors, 2, dimensions)) flaw(id, 'vectors of another size')
    for (const [table, vectors] of Object.entries({ observations, reasonings })) {
      const steps = vectors.get(id)
      if ((steps !== undefined) !== (key.vectors !== undefined)) flaw(id, `${table} without keys, or keys without ${table}`)
      if (steps && !fits(steps, row.trajectory.steps.length, dimensions)) flaw(id, `not as many ${table} as steps`)
    }
    const newer = row.supersededBy === undefined ? undefined : trajectories.get(row.supersededBy)
    if (row.supersededBy !== undefined && newer?.replaces !== id) flaw(id, 'replaced by one that does not replace it')
    if (row.replaces !== undefined && trajectories.get(row.replaces)?.supersededBy === undefined && trajectories.has(row.replaces))
      flaw(id, 'what it replaces does not know')
  }
  return [...flaws, ...wrongSums(tables, { trajectories, keys }), ...gaps(tables)]
}

function fits({ values, scales }: Sizes, count: number, dimensions: number): boolean {
  return values.bytes === count * dimensions * 2 && scales.bytes === count * 4
}

/** The counts that are kept beside the rows. */
function wrongSums(tables: Dump['tables'], { trajectories, keys }: { trajectories: Rows<TrajectoryRow>; keys: Rows<Keys> }): string[] {
  const meta = metaOf(tables)
  if (!meta) return trajectories.size > 0 ? ['meta: missing'] : []
  const rows = Array.from(trajectories.values())
  const sum = (of: (row: TrajectoryRow) => number): number => rows.reduce((total, row) => total + of(row), 0)
  const vectors = ({ id, trajectory }: TrajectoryRow): number => {
    const bytes = keys.get(id)?.vectors?.values.bytes
    return bytes === undefined ? 0 : (2 + 2 * trajectory.steps.length) * (bytes / 2 + 4)
  }
  const expected = {
    'bytes of trajectories': [meta.bytes.trajectories, sum(({ bytes }) => bytes)],
    'bytes of vectors': [meta.bytes.vectors, sum(vectors)],
    pruned: [meta.pruned, sum(({ status }) => (status === 'pruned' ? 1 : 0))],
  } as const
  const episodes = (tables['episodes'] ?? []) as unknown as EpisodeRow[]
  const numbers = [...rows.map(({ seq }) => seq), ...episodes.map(({ id }) => id)]
  return [
    ...Object.entries(expected).flatMap(([name, [kept, counted]]) =>
      kept === counted ? [] : [`meta: ${name} is ${kept}, and ${counted} by the rows`],
    ),
    ...(new Set(numbers).size === numbers.length ? [] : ['meta: a number was given twice']),
    ...(Math.max(0, ...numbers) < meta.nextSeq ? [] : ['meta: the next number has been given']),
  ]
}

/** Changes are numbered without gaps, up to the revision. */
function gaps(tables: Dump['tables']): string[] {
  const meta = metaOf(tables)
  if (!meta) return []
  const ids = (tables['changes'] ?? []).map((row) => row['id'])
  const expected = Array.from({ length: meta.revision - meta.forgotten }, (_, i) => meta.forgotten + 1 + i)
  const missing = expected.filter((id) => !ids.includes(id))
  const beyond = ids.filter((id) => !expected.includes(id as number))
  return [...missing.map((id) => `changes: number ${id} is missing`), ...beyond.map((id) => `changes: number ${String(id)} is too many`)]
}

export function metaOf(tables: Dump['tables']): MetaRow | undefined {
  return tables['meta']?.[0] as MetaRow | undefined
}
