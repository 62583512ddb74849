/** `reprise/files`: a folder as an environment. */
export {
  fileEnvironment,
  type FileChange,
  type FileEnvironment,
  type FileEnvironmentOptions,
} from '../environments/files/file-environment.ts'
