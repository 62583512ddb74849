/** For tests of what is built on Reprise: models, environments and embedders that do as they are told. */
export {
  scriptedModel,
  type ModelScript,
  type RecordedRequest,
  type ScriptedAnswer,
  type ScriptedModel,
  type ScriptedModelOptions,
} from './scripted-model.ts'
export {
  scriptedEnvironment,
  type EnvironmentScript,
  type ScriptedEnvironment,
  type ScriptedEnvironmentOptions,
  type ScriptedStep,
} from './scripted-environment.ts'
export { testEmbedder, type TestEmbedder } from './test-embedder.ts'
export { record, type CassetteOptions, type RecordingModel } from './record.ts'
export { replay } from './replay.ts'
export type { Cassette, CassetteEntry, CassetteRequest } from './cassette.ts'
