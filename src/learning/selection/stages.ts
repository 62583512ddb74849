/** The stages that a selection goes through, again and again. Each can be broken off anywhere and entered anew from the books. */
import { throwIfAborted } from '../../util/abort.ts'
import { checkEmpty, withMemory, type SelectableMemory } from './databases.ts'
import { inLanes } from './lanes.ts'
import { replacementIn, rowsOf, spansOf, standings, type Span } from './population.ts'
import { checkTerms, hashGoals, keepBooks, loadBooks, type Books, type Progress, type Terms } from './progress.ts'
import { tell } from '../../util/tell.ts'
import type { SelectionEvent } from './selection-events.ts'
import type { SelectDatabaseOptions } from './selection-options.ts'
import { indexedDbState } from './state-stores.ts'
import { outcomeOf, trainerFor } from './train-member.ts'

/** A selection under way. */
export interface Population<M extends SelectableMemory> {
  options: SelectDatabaseOptions<M>
  progress: Progress
  spans: readonly Span[]
  size: number
  signal: AbortSignal
  emit(event: SelectionEvent): void
}

/** Takes up what was kept, or begins. */
export async function openPopulation<M extends SelectableMemory>(options: SelectDatabaseOptions<M>): Promise<Population<M>> {
  const { name, goals, size = 5, firstSegment = 10, state = indexedDbState(name) } = options
  const signal = options.signal ?? new AbortController().signal
  const terms = { goals: hashGoals(goals), tasks: goals.length, size, firstSegment, seeded: options.seed !== undefined }
  const kept = await loadBooks(state, name)
  if (kept) checkTerms(kept, terms)
  const progress = keepBooks(state, kept ?? newBooks(name, terms))
  const emit = (event: SelectionEvent): void => tell(options.onEvent, event)
  const done = doneIn(progress.books)
  if (kept) emit({ type: 'resumed', segment: latest(progress), done, total: size * goals.length })
  else {
    for (const { database } of current(progress)) await checkEmpty({ databases: options.databases, signal }, database)
    await progress.book(() => {})
  }
  return { options, progress, spans: spansOf(goals.length, firstSegment), size, signal, emit }
}

function newBooks(name: string, terms: Terms): Books {
  const databases = Array.from({ length: terms.size }, (_, member) => `${name}/${member}`)
  return {
    format: 'reprise-selection',
    version: 1,
    name,
    terms,
    segments: [databases.map((database) => ({ database, outcomes: '' }))],
    pending: terms.seeded ? databases : [],
    obsolete: [],
  }
}

/** Makes the copies that the books call for, and deletes what they replaced. */
export async function makeCopies<M extends SelectableMemory>({ options, progress, signal }: Population<M>): Promise<void> {
  const { databases, seed } = options
  const { segments, pending, obsolete } = progress.books
  const before = segments.at(-2)
  const origin = before?.[standings(segments.slice(0, -1)).at(-1)?.[0] ?? 0]?.database
  for (const database of pending.slice()) {
    throwIfAborted(signal)
    await databases.delete(database) // a copy that was not booked
    if (origin !== undefined) await withMemory({ databases, signal }, origin, (memory) => memory.fork(database, { signal }))
    else await seed?.fork(database, { signal })
    await progress.book((books) => (books.pending = books.pending.filter((one) => one !== database)))
  }
  for (const database of obsolete.slice()) {
    throwIfAborted(signal)
    await databases.delete(database)
    await progress.book((books) => (books.obsolete = books.obsolete.filter((one) => one !== database)))
  }
}

export async function runSegment<M extends SelectableMemory>(population: Population<M>): Promise<void> {
  const { options, progress, spans, signal, emit } = population
  const segment = latest(progress)
  const { from, to } = spans[segment] as Span
  const stints = current(progress)
  const unfinished = Array.from(stints.keys()).filter((member) => (stints[member]?.outcomes.length ?? 0) < to - from)
  if (unfinished.length > 0) emit({ type: 'segment-start', segment, from, to, databases: stints.map(({ database }) => database) })
  await inLanes(unfinished, { concurrency: options.concurrency ?? 1, signal }, (member, stop) => runMember(population, member, stop))
  emit({ type: 'segment-end', segment, rows: rowsOf(progress.books.segments).slice(-population.size) })
}

async function runMember<M extends SelectableMemory>(population: Population<M>, member: number, signal: AbortSignal): Promise<void> {
  const { options, progress, spans, emit } = population
  const segment = latest(progress)
  const { from, to } = spans[segment] as Span
  const database = current(progress)[member]?.database ?? ''
  await withMemory({ databases: options.databases, signal }, database, async (memory) => {
    const train = trainerFor<M>(options, memory)
    const done = (): number => current(progress)[member]?.outcomes.length ?? 0
    for (let index = from + done(); index < to; index++) {
      throwIfAborted(signal)
      const goal = options.goals[index] as string
      const { outcome, error } = await outcomeOf(() => train(goal, { signal, member, index }), signal)
      await progress.book(({ segments }) => {
        const stint = segments[segment]?.[member]
        if (stint) stint.outcomes += outcome
      })
      const counts = { done: doneIn(progress.books), total: population.size * options.goals.length }
      emit({ type: 'task', segment, member, database, index, goal, success: outcome === '1', ...(error && { error }), ...counts })
    }
  })
}

/** Books the next segment, with a copy of the best in the place of the worst. `false` where there is none. */
export async function beginSegment<M extends SelectableMemory>({
  options,
  progress,
  spans,
  signal,
  emit,
}: Population<M>): Promise<boolean> {
  const segment = latest(progress) + 1
  if (segment === spans.length) return false
  const names = current(progress).map(({ database }) => database)
  const stints = names.map((database) => ({ database, outcomes: '' }))
  const replacement = replacementIn(progress.books.segments)
  if (!replacement) {
    await progress.book(({ segments }) => void segments.push(stints))
    return true
  }
  const { worst, best } = replacement
  const [database = '', copyOf = ''] = [names[worst], names[best]]
  const by = `${options.name}/${worst}.${segment}`
  await checkEmpty({ databases: options.databases, signal }, by)
  await progress.book((books) => {
    books.segments.push(stints.with(worst, { database: by, outcomes: '' }))
    books.pending.push(by)
    books.obsolete.push(database)
  })
  emit({ type: 'replaced', segment: segment - 1, member: worst, database, by, copyOf })
  return true
}

function latest({ books }: Progress): number {
  return books.segments.length - 1
}

function current({ books }: Progress): Books['segments'][number] {
  return books.segments.at(-1) ?? []
}

function doneIn({ segments }: Books): number {
  return segments.flat().reduce((sum, { outcomes }) => sum + outcomes.length, 0)
}
