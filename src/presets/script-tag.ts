/** The global `Reprise` of the script-tag build. */
export * from '../index.ts'
export * from './embedded.ts'
export { remoteModel, type RemoteModelOptions } from './models.ts'
