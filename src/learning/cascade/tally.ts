/** What is kept of each episode for a report, gathered from an agent's events. */
import type { AgentEvent } from '../../core/events.ts'
import type { ModelCall } from '../../core/model.ts'

/** One episode as a report counts it. Plain data: it can be kept as JSON. */
export interface EpisodeTally {
  goal: string
  /** `false` also where the episode broke. */
  success: boolean
  /** The model that decided each action, oldest first. */
  actions: string[]
  /** The model of every decision: plan, reasonings, actions. */
  decisions: string[]
  /** Every call of a model that was answered, samples and deferrals included. */
  calls: ModelCall[]
}

export interface EpisodeTallies {
  /** For the agent's or a batch's `onEvent`. */
  onEvent(event: AgentEvent): void
  /** Those begun, in their order. */
  episodes(): EpisodeTally[]
}

/**
 * Counts the episodes whose events it hears, any number of them at once.
 *
 * @example
 * const tallies = tallyEpisodes()
 * await agent.runBatch(createEnvironment, goals, { onEvent: tallies.onEvent })
 */
export function tallyEpisodes(): EpisodeTallies {
  const episodes = new Map<string, EpisodeTally>()
  return {
    onEvent(event) {
      if (event.type === 'episode-start')
        episodes.set(event.episodeId, { goal: event.goal, success: false, actions: [], decisions: [], calls: [] })
      const episode = episodes.get(event.episodeId)
      if (!episode) return
      if (event.type === 'usage') episode.calls.push(...event.calls)
      if (event.type === 'planned' || event.type === 'reasoned' || event.type === 'acted') episode.decisions.push(event.model)
      if (event.type === 'acted') episode.actions.push(event.model)
      if (event.type === 'episode-end') episode.success = event.trajectory.success
    },
    episodes: () => structuredClone([...episodes.values()]),
  }
}
