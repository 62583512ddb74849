/** One row of a table in one world: its goals, one after another, with an agent that keeps its memory between them. */
import type { Agent } from '../../src/agent/create-agent.ts'
import { isRepriseError, RepriseError } from '../../src/core/errors.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import type { LanguageModel } from '../../src/core/model.ts'
import type { Trajectory } from '../../src/core/trajectory.ts'
import { simulateExplorer, simulateIdeal, type Attempt, type Seen } from '../../src/embedded/baselines.ts'
import { deriveSeed } from '../../src/embedded/random.ts'
import { createTextWorld, type TextWorld } from '../../src/embedded/world/text-world.ts'
import { createAgent } from '../../src/index.ts'
import { drawWorld } from '../../src/embedded/world/draw-world.ts'
import { taskIn } from './conventions.ts'
import type { EpisodeRow } from './episode-rows.ts'
import { host, Stop } from './host.ts'
import { choosing, type Memories } from './memories.ts'
import { seeded } from './models.ts'
import { worldAt, type Row, type Size } from './rows.ts'

export interface Unit {
  row: Row
  /** Number of the world. */
  world: number
  size: Size
}

export interface Bench {
  model: LanguageModel
  memories: Memories
  /** Throws `Stop` when no other episode may begin. */
  checkTime(): void
}

/** Attempts of explorer and ideal agent at each goal: their share is known far better than the agent's. */
const ATTEMPTS = 20

/** Resolves once all its episodes are kept. Rejects with `Stop`, or with what made the model or the memory unusable. */
export async function runUnit({ row, world: index, size }: Unit, { model, memories, checkTime }: Bench): Promise<void> {
  const setup = worldAt(row, index)
  const [before, after] = [createTextWorld(setup), createTextWorld({ ...setup, change: 1 })]
  const conventions = drawWorld(setup)
  const { memory, stored } = await memories.fill(row, setup, { readOnly: !row.learns })
  const { embedder } = await memory.stats()
  const seed = deriveSeed(setup.seed, 'sampling') // rows with the same prompts have the same answers
  const agent = createAgent({
    ...row.agent,
    k: row.k,
    maxSteps: before.stepBudget,
    model: seeded(model, seed),
    memory: choosing(memory, row, seed),
    clock: () => performance.timeOrigin + performance.now(), // finer than a millisecond
  })
  // What the ideal agent learns from: true episodes alone.
  const known: Seen[] = stored.filter(({ id }) => id.startsWith('true'))
  let held = stored.length
  for (const [i, goal] of before.goals(size.goals, { seed: deriveSeed(setup.seed, 'goals') }).entries()) {
    checkTime()
    const world = row.changes && i >= size.goals / 2 ? after : before
    const episode = await attempt({ agent, world, goal, learn: row.learns, seed: deriveSeed(setup.seed, 'options', i) })
    await host.benchEpisode({
      row: row.name,
      model: model.id,
      embedder: embedder.id,
      family: taskIn(conventions, goal).conventions.grammar.name,
      world: index,
      seed: setup.seed,
      index: i,
      goals: size.goals,
      goal,
      k: row.k,
      memory: held,
      optimal: world.oracle(goal).length,
      budget: world.stepBudget,
      ...baselines(world, goal, { seed: deriveSeed(setup.seed, 'baselines', i), known: row.learns ? known : [] }),
      ...episode.measured,
    })
    if (!episode.stored) continue
    known.push(episode.stored)
    held++
  }
}

type Measured = Pick<
  EpisodeRow,
  ('success' | 'steps' | 'malformed' | 'decisions' | 'milliseconds') | ('inputTokens' | 'outputTokens' | 'shown' | 'pruned' | 'error')
>

interface Attempting {
  agent: Agent
  world: TextWorld
  goal: string
  learn: boolean
  seed: number
}

async function attempt({ agent, world, goal, learn, seed }: Attempting): Promise<{ measured: Measured; stored?: Trajectory }> {
  const heard = listener()
  const environment = world.environment({ seed })
  let ended: { success: boolean; steps: readonly unknown[] }
  let error = ''
  try {
    ended = await (learn ? agent.train : agent.run)(environment, goal, { onEvent: heard.onEvent })
  } catch (cause) {
    error = failureOf(cause)
    ended = { success: false, steps: isRepriseError(cause) ? (cause.trajectory?.steps ?? []) : [] }
  }
  const { shown, stored, ...counts } = heard.heard
  return {
    measured: { ...counts, success: ended.success, steps: ended.steps.length, shown: shown.size, error },
    ...(stored && { stored }),
  }
}

/** The code of an error that ends one episode; what would end all of them is thrown on. */
function failureOf(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) if (cause instanceof Stop) throw cause
  if (error instanceof RepriseError && (error.code === 'model-failed' || error.code === 'model-output')) return error.code
  throw error
}

function listener(): {
  onEvent(event: AgentEvent): void
  heard: Omit<Measured, 'success' | 'steps' | 'shown' | 'error'> & { shown: Set<string>; milliseconds: number[]; stored?: Trajectory }
} {
  const heard = {
    decisions: 0,
    milliseconds: [] as number[],
    inputTokens: 0,
    outputTokens: 0,
    malformed: 0,
    pruned: 0,
    shown: new Set<string>(),
  } as ReturnType<typeof listener>['heard']
  let retrieving = 0
  const onEvent = (event: AgentEvent): void => {
    switch (event.type) {
      case 'retrieved':
        retrieving = event.milliseconds
        break
      case 'usage':
        heard.decisions++
        heard.milliseconds.push(retrieving + event.milliseconds)
        heard.inputTokens += event.usage.inputTokens
        heard.outputTokens += event.usage.outputTokens
        retrieving = 0
        break
      case 'planned':
      case 'reasoned':
      case 'acted':
        for (const id of event.shown) heard.shown.add(id)
        break
      case 'observed':
        if (event.observation.startsWith('nothing happens')) heard.malformed++
        break
      case 'episode-end':
        heard.pruned = event.pruned.length
        if (event.stored) heard.stored = event.trajectory
        break
      default:
    }
  }
  return { onEvent, heard }
}

type Baselines = Pick<EpisodeRow, 'floor' | 'floorSteps' | 'ideal' | 'idealSteps'>

function baselines(world: TextWorld, goal: string, { seed, known }: { seed: number; known: readonly Seen[] }): Baselines {
  const goals = Array<string>(ATTEMPTS).fill(goal)
  const floor = simulateExplorer(world, goals, { seed })
  const ideal = simulateIdeal(world, goals, { seed, known, learn: false })
  return { floor: successOf(floor), floorSteps: stepsOf(floor), ideal: successOf(ideal), idealSteps: stepsOf(ideal) }
}

function successOf(attempts: readonly Attempt[]): number {
  return attempts.filter(({ success }) => success).length / attempts.length
}

function stepsOf(attempts: readonly Attempt[]): number {
  return attempts.reduce((sum, { steps }) => sum + steps, 0) / attempts.length
}
