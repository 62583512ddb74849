/** `reprise/embedded`: the embedded model, its prompt format, and the text world it was made for. */
export type { EmbeddedModel } from './embedded-model.ts'
export type { LoadProgress } from './generation-service.ts'
export { embeddedPrompts } from './prompt-format.ts'
export { unknownWords } from './vocabulary.ts'
export {
  createTextWorld,
  TEXT_WORLD_STEPS,
  type TextWorld,
  type TextWorldEnvironmentOptions,
  type TextWorldOptions,
} from './world/text-world.ts'
export type { WorldEpisode } from './world/episode.ts'
export type { FamilyName } from './world/families.ts'
export { rulesIn, simulateExplorer, simulateIdeal, type Attempt, type BaselineOptions, type Seen } from './baselines.ts'
export { createRandom, deriveSeed, type Random } from './random.ts'
export type { WordChoice } from './world/conventions.ts'
export type { Wording } from './world/goals.ts'
