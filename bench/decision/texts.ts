/** Made-up episodes in clusters, as an agent's tasks have them: goals of one kind share most of their words. */
import type { TrajectoryInput } from '../../src/core/trajectory.ts'
import { createRandom } from '../../src/presets/embedded.ts'

const KINDS = [
  'put the garden rake away',
  'handle the refund request',
  'serve lunch to the guest',
  'mark the parcel red',
  'open the kitchen drawer',
  'find the winter scarf',
]
const WORDS =
  'basket locker shelf tray cabinet badge coin lever key lamp pasta rice soup basil lemon pepper archive legal sales desk red blue green harbor lobby studio camera puzzle ruler rope magnet winter garden office travel school'.split(
    ' ',
  )

export interface Texts {
  goal(): string
  sentence(): string
  trajectory(steps: number): TrajectoryInput
}

export function createTexts(seed: number): Texts {
  const random = createRandom(seed)
  const words = (count: number): string => Array.from({ length: count }, () => random.pick(WORDS)).join(' ')
  const goal = (): string => `${random.pick(KINDS)} ${words(2)}`
  const sentence = (): string => `${random.pick(KINDS)} , places ${words(6)}`
  const step = (): TrajectoryInput['steps'][number] => ({
    observation: sentence(),
    reasoning: `try ${words(3)}`,
    action: `go to ${words(1)}`,
  })
  return {
    goal,
    sentence,
    trajectory: (steps) => ({
      goal: goal(),
      plan: `find where ${words(4)} goes`,
      steps: Array.from({ length: steps }, step),
      outcome: 'done',
    }),
  }
}
