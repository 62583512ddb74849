/**
 * The rows of all tables: which worlds, what the memory holds, how the agent is set. Rows of one setup share their worlds and
 * goals, so that they can be compared goal by goal.
 */
import type { AgentOptions } from '../../src/agent/options.ts'
import { deriveSeed } from '../../src/embedded/random.ts'
import type { TextWorldOptions } from '../../src/embedded/world/text-world.ts'

export type Experiment = 'exemplars' | 'curve' | 'change' | 'poison' | 'embedder'

/** Everything that makes a world but its seed, and its rules' number. */
export type WorldSetup = Required<Omit<TextWorldOptions, 'seed' | 'change' | 'maxSteps'>>

/** One world: a setup with a seed, and the number of its rules. */
export type WorldAt = WorldSetup & { seed: number; change: number }

/** What is in the memory before the first goal. */
export type Stored =
  | { kind: 'nothing' }
  /**
   * One demonstration for each key: `true` rules; `shuffled`, with the options' words permuted; `conflicting`, older ones of other
   * rules beside them; `wrong`, those alone.
   */
  | { kind: 'demonstrations'; rules: 'true' | 'shuffled' | 'conflicting' | 'wrong' }
  /** Sixty demonstrations, of which a share follows other rules and claims success all the same. */
  | { kind: 'sixty'; poisoned: number }

/** Worlds, and goals in each. */
export interface Size {
  worlds: number
  goals: number
}

export interface Row {
  experiment: Experiment
  setup: string
  /** `experiment/setup/row`. */
  name: string
  /** As a table says it. */
  label: string
  world: WorldSetup
  full: Size
  quick: Size
  stored: Stored
  /** Exemplars per decision. */
  k: number
  agent: Pick<AgentOptions, 'window' | 'retrieval' | 'curation'>
  /** As the memory retrieves them, drawn at random from it, or retrieved and put in the order of their age, the newest last. */
  choice: 'retrieved' | 'random' | 'newest-last'
  embedder: 'hash' | 'transformers'
  /** One family a world, in turn: where chains are long, families word their later rules alike, and contradict one another. */
  inTurn: boolean
  /** Whether successes are stored. */
  learns: boolean
  /** The rules change when half of the goals are done. */
  changes: boolean
}

/** `quick` leaves the row out where it has no worlds. */
interface RowSetup extends Partial<Omit<Row, 'experiment' | 'setup' | 'name' | 'label'>> {
  full: Size
  quick: Size
}

const STANDARD: WorldSetup = {
  steps: 3,
  keys: 8,
  first: 8,
  second: 6,
  families: ['store', 'desk', 'meal'],
  grammar: 'families',
  words: 'role',
  wording: 'plain',
  heldOut: true,
}
/** As the playground has it: small enough to be learnt within 200 goals. */
const LEARNABLE: WorldSetup = { ...STANDARD, keys: 3, first: 6, second: 5 }

/** Worlds that ask something else of the agent. */
const SETUPS: Readonly<Record<string, { label: string; world: WorldSetup }>> = {
  store: { label: 'things put away', world: { ...STANDARD, families: ['store'] } },
  desk: { label: 'requests handled', world: { ...STANDARD, families: ['desk'] } },
  meal: { label: 'people served', world: { ...STANDARD, families: ['meal'] } },
  'any-noun': { label: 'any noun in any role', world: { ...STANDARD, words: 'any' } },
  unknown: { label: 'words of no vocabulary', world: { ...STANDARD, words: 'unknown' } },
  invented: { label: 'invented grammar', world: { ...STANDARD, grammar: 'invented', words: 'any' } },
  'steps-6': { label: 'chains of 6 steps', world: { ...STANDARD, steps: 6 } },
  'steps-12': { label: 'chains of 12 steps', world: { ...STANDARD, steps: 12, first: 6, second: 5 } },
  wording: { label: 'goals in a wording never trained on', world: { ...STANDARD, wording: 'held-out' } },
}

const NOTHING: Stored = { kind: 'nothing' }
const TRUE_RULES: Stored = { kind: 'demonstrations', rules: 'true' }
const FULL: Size = { worlds: 200, goals: 1 }
const QUICK: Size = { worlds: 10, goals: 1 }
const NOT_QUICK: Size = { worlds: 0, goals: 0 }
const DEFAULT_CURATION = { threshold: 0.3, minRetrievals: 5 } as const

export const ROWS: readonly Row[] = [...exemplarRows(), ...setupRows(), ...curveRows(), ...changeRows(), ...poisonRows(), ...embedderRows()]

/** A world of a row, with its seed. Rows of one setup have the same worlds. */
export function worldAt({ experiment, setup, world, inTurn }: Row, index: number): WorldAt {
  const families = inTurn ? world.families.filter((_, i, all) => i === index % all.length) : world.families
  const about = experiment === 'poison' ? experiment : `${experiment}/${setup}` // all shares of poison in the same worlds
  return { ...world, families, seed: deriveSeed('learning', about, index), change: 0 }
}

/** Rows that a name chooses: `curve`, `exemplars/standard`, `exemplars/standard/none`, or any part of such a name. */
export function chooseRows(names: readonly string[]): Row[] {
  const unknown = names.find((name) => !ROWS.some((row) => matches(row, name)))
  if (unknown !== undefined)
    throw new Error(`There is no row “${unknown}”. The rows are:\n${ROWS.map(({ name }) => `  ${name}`).join('\n')}`)
  return ROWS.filter((row) => names.length === 0 || names.some((name) => matches(row, name)))
}

function matches({ name }: Row, asked: string): boolean {
  return `/${name}/`.includes(`/${asked}/`)
}

function exemplarRows(): Row[] {
  const exemplars = (name: string, label: string, setup: Partial<RowSetup>): Row =>
    row(`exemplars/standard/${name}`, label, { full: FULL, quick: QUICK, stored: TRUE_RULES, ...setup })
  return [
    exemplars('none', 'no memory', { stored: NOTHING, k: 0 }),
    exemplars('random-3', '3 at random from the memory', { choice: 'random' }),
    ...[1, 2, 3, 6].map((k) => exemplars(`retrieved-${k}`, `retrieved, k = ${k}`, { k })),
    exemplars('per-step', 'k = 3, retrieved once a step', { agent: { retrieval: 'per-step' } }),
    exemplars('window-1', 'k = 3, window 1', { agent: { window: 1 } }),
    exemplars('window-5', 'k = 3, window 5 (the default, as above)', { agent: { window: 5 } }),
    exemplars('window-whole', 'k = 3, whole episodes', { agent: { window: Infinity } }),
    exemplars('shuffled', 'k = 3, contents shuffled', { stored: { kind: 'demonstrations', rules: 'shuffled' } }),
    exemplars('conflicting', 'k = 3, older ones of other rules among them', { stored: { kind: 'demonstrations', rules: 'conflicting' } }),
    exemplars('newest-last', 'the same, the newest put last', {
      stored: { kind: 'demonstrations', rules: 'conflicting' },
      choice: 'newest-last',
    }),
    exemplars('all-wrong', 'k = 3, all of other rules', { stored: { kind: 'demonstrations', rules: 'wrong' } }),
  ]
}

function setupRows(): Row[] {
  return Object.entries(SETUPS).flatMap(([setup, { label, world }]) => {
    const quick = setup === 'steps-12' ? { worlds: 2, goals: 1 } : { worlds: 6, goals: 1 }
    const common = { full: FULL, quick, world, inTurn: world.steps > 3 }
    return [
      row(`exemplars/${setup}/none`, `${label}: no memory`, { ...common, stored: NOTHING, k: 0 }),
      row(`exemplars/${setup}/retrieved-3`, `${label}: retrieved, k = 3`, { ...common, stored: TRUE_RULES }),
    ]
  })
}

function curveRows(): Row[] {
  const curve = (name: string, label: string, curation: Row['agent']['curation'], quick: Size): Row =>
    row(`curve/learning/${name}`, label, {
      world: LEARNABLE,
      full: { worlds: 6, goals: 200 },
      quick,
      learns: true,
      agent: agentWith(curation),
    })
  return [
    curve('curation', 'with curation', DEFAULT_CURATION, { worlds: 2, goals: 60 }),
    curve('keep-all', 'without curation', false, { worlds: 2, goals: 60 }),
  ]
}

function changeRows(): Row[] {
  const change = (name: string, label: string, curation: Row['agent']['curation']): Row =>
    row(`change/half-way/${name}`, label, {
      world: LEARNABLE,
      full: { worlds: 6, goals: 200 },
      quick: { worlds: 1, goals: 80 },
      learns: true,
      changes: true,
      agent: agentWith(curation),
    })
  const decaying = { ...DEFAULT_CURATION, halfLife: 10 }
  return [
    change('recency', 'recency alone', false),
    change('curation', 'curation', DEFAULT_CURATION),
    change('decaying', 'curation, counts that decay', decaying),
  ]
}

function poisonRows(): Row[] {
  return [0, 0.01, 0.05, 0.2].flatMap((poisoned) =>
    ([DEFAULT_CURATION, false] as const).map((curation) => {
      const percent = Math.round(poisoned * 100)
      const quick = percent === 5 || (percent === 0 && curation) ? { worlds: 1, goals: 30 } : NOT_QUICK
      const what = percent === 0 ? 'clean' : `${percent} % poisoned`
      return row(`poison/${percent}/${curation ? 'curation' : 'keep-all'}`, `${what}, ${curation ? 'with' : 'without'} curation`, {
        world: LEARNABLE,
        full: { worlds: 6, goals: 60 },
        quick,
        stored: { kind: 'sixty', poisoned },
        learns: true,
        agent: agentWith(curation),
      })
    }),
  )
}

function embedderRows(): Row[] {
  return (['hash', 'transformers'] as const).map((embedder) =>
    row(`embedder/standard/${embedder}`, `${embedder} embedder, retrieved, k = 3`, {
      full: { worlds: 20, goals: 10 },
      quick: { worlds: 1, goals: 5 },
      stored: TRUE_RULES,
      embedder,
    }),
  )
}

function row(name: string, label: string, setup: RowSetup): Row {
  const [experiment = '', group = ''] = name.split('/')
  return {
    experiment: experiment as Experiment,
    setup: group,
    name,
    label,
    world: STANDARD,
    stored: NOTHING,
    k: 3,
    agent: {},
    choice: 'retrieved',
    embedder: 'hash',
    inTurn: false,
    learns: false,
    changes: false,
    ...setup,
  }
}

function agentWith(curation: Row['agent']['curation']): Row['agent'] {
  return curation === undefined ? {} : { curation }
}
