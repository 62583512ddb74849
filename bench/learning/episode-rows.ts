/** One line of the file of raw episodes, and the file's text. */

/** What is kept of one episode. */
export interface EpisodeRow {
  /** Name of the row of a table: `exemplars/standard/retrieved-3`. */
  row: string
  model: string
  /** Id of the memory's embedder. */
  embedder: string
  family: string
  /** Number of the world within its row; the seed follows from it and the row's setup. */
  world: number
  seed: number
  /** Number of the goal, and how many goals this world has in this row. */
  index: number
  goals: number
  goal: string
  success: boolean
  steps: number
  /** Right actions that would have done, and the most that were allowed. */
  optimal: number
  budget: number
  /** Actions that were answered by "nothing happens". */
  malformed: number
  decisions: number
  /** Milliseconds of each decision: retrieval, prompt and model. */
  milliseconds: readonly number[]
  inputTokens: number
  outputTokens: number
  k: number
  /** Different trajectories that stood in the episode's prompts. */
  shown: number
  /** Trajectories in the memory before the episode, and those that curation took out of retrieval after it. */
  memory: number
  pruned: number
  /** Shares of success and mean steps of the uniform explorer at the same goal, over several attempts. */
  floor: number
  floorSteps: number
  /** The same of an agent that knows the rules which the memory states at this moment. */
  ideal: number
  idealSteps: number
  /** Code of the error that ended the episode; empty for none. */
  error: string
}

const COLUMNS = [
  ...([
    'row',
    'model',
    'embedder',
    'family',
    'world',
    'seed',
    'index',
    'goals',
    'goal',
    'success',
    'steps',
    'optimal',
    'budget',
    'malformed',
  ] as const),
  ...(['decisions', 'milliseconds', 'inputTokens', 'outputTokens', 'k', 'shown', 'memory', 'pruned'] as const),
  ...(['floor', 'floorSteps', 'ideal', 'idealSteps', 'error'] as const),
] satisfies (keyof EpisodeRow)[]

export const HEADER: string = COLUMNS.join(',')

/** Without a line break. A text with a comma or a quote in it, as some goals have, is quoted. */
export function toLine(episode: EpisodeRow): string {
  return COLUMNS.map((column) => cell(episode[column])).join(',')
}

/** Reads a whole file; a last line that was cut off is left out. */
export function parseEpisodes(text: string): EpisodeRow[] {
  const [header = '', ...lines] = text.split('\n')
  if (header !== HEADER)
    throw new Error('The file of episodes has other columns than this version writes. Keep it elsewhere and start anew.')
  return lines.slice(0, -1).map((line) => toEpisode(cellsOf(line)))
}

/** What tells one unit of work: a row of a table in one world. */
export function unitOf({ row, world }: Pick<EpisodeRow, 'row' | 'world'>): string {
  return `${row}#${world}`
}

/** Units of which every goal is there. */
export function finishedUnits(episodes: readonly EpisodeRow[]): Set<string> {
  const counts = new Map<string, { done: number; goals: number }>()
  for (const episode of episodes) {
    const done = (counts.get(unitOf(episode))?.done ?? 0) + 1
    counts.set(unitOf(episode), { done, goals: episode.goals })
  }
  return new Set([...counts].filter(([, { done, goals }]) => done >= goals).map(([unit]) => unit))
}

function cell(value: EpisodeRow[keyof EpisodeRow]): string {
  if (Array.isArray(value)) return value.map((number: number) => number.toFixed(1)).join(' ')
  if (typeof value === 'number') return String(Math.round(value * 1000) / 1000)
  const text = String(value)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""').replaceAll('\n', ' ')}"` : text
}

function cellsOf(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '')
}

function toEpisode(cells: readonly string[]): EpisodeRow {
  const text = (column: keyof EpisodeRow): string => cells[COLUMNS.indexOf(column)] ?? ''
  const number = (column: keyof EpisodeRow): number => Number(text(column))
  return {
    row: text('row'),
    model: text('model'),
    embedder: text('embedder'),
    family: text('family'),
    goal: text('goal'),
    error: text('error'),
    success: text('success') === 'true',
    milliseconds: text('milliseconds').split(' ').filter(Boolean).map(Number),
    world: number('world'),
    seed: number('seed'),
    index: number('index'),
    goals: number('goals'),
    steps: number('steps'),
    optimal: number('optimal'),
    budget: number('budget'),
    malformed: number('malformed'),
    decisions: number('decisions'),
    inputTokens: number('inputTokens'),
    outputTokens: number('outputTokens'),
    k: number('k'),
    shown: number('shown'),
    memory: number('memory'),
    pruned: number('pruned'),
    floor: number('floor'),
    floorSteps: number('floorSteps'),
    ideal: number('ideal'),
    idealSteps: number('idealSteps'),
  }
}
