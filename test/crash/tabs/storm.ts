/** What each of several tabs does to one memory at the same time, drawn from a seed. */
import type { Trajectory } from '../../../src/core/trajectory.ts'
import { makeEpisode, makeTrajectory, type Draw } from '../make.ts'
import type { Action } from '../page-api.ts'

export interface Storm {
  /** Stored before it begins. */
  before: Trajectory[]
  /** Of these: shown in episodes, and pruned. */
  weak: string[]
  /** Of each tab. */
  tabs: Action[][]
  /** Ids that every tab adds, each with a text of its own. */
  contested: string[]
}

export function makeStorm(tabs: number, draw: Draw): Storm {
  const success = { success: true, reward: 1 }
  const weak = Array.from({ length: 6 }, (_, i) => `weak-${i}`)
  const going = Array.from({ length: 24 }, (_, i) => `going-${i}`)
  const contested = Array.from({ length: 6 }, (_, i) => `contested-${i}`)
  const shared = Array.from({ length: 10 }, (_, i) => makeTrajectory(`shared-${i}`, draw, success))
  const before = [...weak, ...going].map((id) => makeTrajectory(id, draw, success))

  const actionsOf = (tab: number): Action[] => {
    let made = 0
    const newId = (): string => `tab${tab}-${made++}`
    const own = Array.from({ length: 8 }, () => makeTrajectory(newId(), draw))
    const actions: Action[] = [
      ...Array.from({ length: 12 }, (): Action => ({ kind: 'add', trajectory: makeTrajectory(newId(), draw) })),
      ...contested.map((id): Action => ({ kind: 'add', trajectory: makeTrajectory(id, draw, success) })),
      ...Array.from({ length: 12 }, (): Action => ({ kind: 'record', episode: makeEpisode(newId(), weak, draw) })),
      ...Array.from({ length: 4 }, (): Action => ({
        kind: 'feedback',
        id: draw.one(weak),
        signal: { value: 0.5, source: 'user', note: newId() },
      })),
      ...draw.some(going, 10).map((id): Action => ({ kind: 'delete', id })),
      { kind: 'import', trajectories: draw.some([...shared, ...own], 18), accept: true },
    ]
    return draw.some(actions, actions.length)
  }
  return { before, weak, contested, tabs: Array.from({ length: tabs }, (_, tab) => actionsOf(tab)) }
}
