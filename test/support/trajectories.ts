/** Trajectories for tests, whole where only a part matters. */
import type { Step, Trajectory } from '../../src/core/trajectory.ts'

export function trajectory(fields: Partial<Trajectory> = {}): Trajectory {
  const success = fields.success ?? true
  return {
    id: 'one',
    goal: 'open the door',
    plan: 'find the key, then turn it',
    steps: [step('a locked door'), step('a key')],
    outcome: 'the door is open',
    success,
    reward: success ? 1 : 0,
    createdAt: '2026-01-01T00:00:00.000Z',
    provenance: { origin: 'https://example.com', model: 'test', rewardSource: 'environment', pageText: false },
    metadata: {},
    ...fields,
  }
}

export function step(observation: string, reasoning = `it says ${observation}`, action = `look at ${observation}`): Step {
  return { observation, reasoning, action }
}
