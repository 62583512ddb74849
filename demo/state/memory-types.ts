/** Names for the parts of a memory's answers. */
import type { Exemplar, OpenMemory, TrajectoryListing } from 'reprise'

export type Field = keyof Exemplar['scores']
export type Status = TrajectoryListing['status']
export type Feedback = TrajectoryListing['feedback'][number]
export type Stats = Awaited<ReturnType<OpenMemory['stats']>>
export type Episode = Awaited<ReturnType<OpenMemory['episodes']>>['items'][number]
/** What an episode was shown of one trajectory. */
export type Summary = Episode['shown'][number]
export type ImportResult = Awaited<ReturnType<OpenMemory['import']>>
export type ImportProgress = Pick<ImportResult, 'lines' | 'imported' | 'skipped' | 'invalid'>
export type MemoryEvent = Parameters<Parameters<OpenMemory['subscribe']>[0]>[0]
