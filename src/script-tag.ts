/** The global `Reprise` of the script-tag build. */
export * from './index.ts'
export { createTextWorld, deriveSeed, embeddedModel, TEXT_WORLD_STEPS } from './presets/embedded.ts'
export { builtInModel, transformersModel, webLLM } from './presets/local-models.ts'
export { remoteModel, remotePresets, type RemoteModelOptions } from './presets/models.ts'
export { loadEnvironments } from './presets/environments-loader.ts'
