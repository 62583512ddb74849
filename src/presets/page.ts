/** `reprise/page`: the page that an agent lives in, as an environment. Nothing touches the page on import. */
export { pageEnvironment } from '../environments/page/page-environment.ts'
export type { GoalContext, GoalVerdict, PageEnvironmentOptions } from '../environments/page/page-options.ts'
export { resumeRun, type ResumedRun, type ResumeRunOptions } from '../environments/page/run/resume-run.ts'
export type { Checkpoint } from '../core/checkpoint.ts'
export { createRedactor, type Redactor, type RedactorOptions } from '../security/redaction.ts'
export type { VaultEntry } from '../security/vault.ts'
