/** What a selection is told. Apart from its check, which knows zod. */
import type { OpenMemory } from '../../memory/open-memory.ts'
import type { Databases, SelectableMemory } from './databases.ts'
import type { SelectionEvent } from './selection-events.ts'
import type { SelectionState } from './state-stores.ts'
import type { Training } from './train-member.ts'

/** What `selectDatabase` takes. */
export type SelectDatabaseOptions<M extends SelectableMemory> = PopulationOptions<M> & Training<M>

/** The population, its tasks, and where its progress is kept. */
export interface PopulationOptions<M extends SelectableMemory> {
  /** Of the selection. Its databases are called `<name>/0`, `<name>/1` …; a copy made after segment 2 for the place of the second `<name>/1.3`. */
  name: string
  databases: Databases<M>
  /** The training tasks, in the order in which every database meets them. */
  goals: readonly string[]
  /** Databases: 1 to 64 (default 5). */
  size?: number
  /** Tasks of the first segment, 1 or more (default 10). Each further one has twice as many; the last takes what is left. */
  firstSegment?: number
  /** Databases that train at the same time (default 1). Within one, tasks run one after another. */
  concurrency?: number
  /** What every database begins as a copy of. Without it they begin empty. It is left open and unchanged. */
  seed?: Pick<OpenMemory, 'fork'>
  /** Where progress is kept (default `indexedDbState(name)`). */
  state?: SelectionState
  /** Ends the selection: it rejects with `aborted`. Everything stored is kept, and the next call goes on from there. */
  signal?: AbortSignal
  onEvent?: (event: SelectionEvent) => void
}
