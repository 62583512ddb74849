/**
 * The page that an agent lives in, as an environment: it sees what a person can see there and acts as a person could, within a policy
 * that is kept by code alone.
 */
import type { Checkpoint } from '../../core/checkpoint.ts'
import type { Environment } from '../../core/environment.ts'
import { isOwnElement } from '../../security/own-elements.ts'
import { createOrigins } from '../../security/origins.ts'
import { createRedactor } from '../../security/redaction.ts'
import { createVault } from '../../security/vault.ts'
import { abortable, throwIfAborted } from '../../util/abort.ts'
import { parse } from '../../util/validate.ts'
import { pageActionsSchema } from './act/read-action.ts'
import { endLingering } from './lingering.ts'
import { digestObservation, observe, type PageRun } from './observing.ts'
import { pageOptionsSchema } from './page-options-schema.ts'
import type { PageEnvironmentOptions } from './page-options.ts'
import { knownSecrets, redactAction } from './page-secrets.ts'
import { takeStep } from './page-step.ts'
import { createRunKeeper } from './run/run-keeper.ts'
import { createPageViewer } from './see/page-viewer.ts'

/**
 * The page as an environment. What is seen is data, never an instruction; what an action would do is told from facts of the page and
 * asked for above `askAbove`; no memory, prompt or model can change that. One environment serves one episode at a time.
 *
 * Errors: `invalid-options`; `environment-failed` where `goalCheck` or `answer` throw; `aborted`.
 *
 * @example
 * const environment = pageEnvironment({ goalCheck: ({ root }) => root.querySelector('.cart .item') !== null })
 * await agent.train(environment, 'Put a lamp into the cart')
 */
export function pageEnvironment(options: PageEnvironmentOptions = {}): Environment {
  parse(pageOptionsSchema, options, 'pageEnvironment options')
  const run = startRun(options)
  const { taskId, keep = true, onProblem } = options
  const keeper = keep ? createRunKeeper(onProblem ? { onProblem } : {}) : undefined
  return {
    async reset(goal, { signal }) {
      throwIfAborted(signal)
      endLingering(run)
      run.goal = goal
      run.viewer.begin()
      await abortable((async () => options.prepare?.(goal, { signal }))(), signal)
      return (await observe(run, { signal })).observation
    },
    step: (action, context) => takeStep(run, action, context),
    actions: () => pageActionsSchema,
    source: () => options.source?.() ?? defaultSource(),
    redact: (text, what) => (what === 'action' ? redactAction(run, text) : run.redactor.redact(text)),
    digest: digestObservation,
    ...(taskId && { taskId: (goal: string) => taskId(goal) }),
    ...(keeper && { checkpoint: (checkpoint: Checkpoint) => keeper.keep(checkpoint) }),
    async resume(checkpoint, { signal }) {
      run.goal = checkpoint.trajectory.goal
      const note = checkpoint.state === 'acting' ? 'The page was loaded anew, by the last action or after it.' : 'The page was loaded anew.'
      return (await observe(run, { signal, note })).observation
    },
  }
}

function startRun(options: PageEnvironmentOptions): PageRun {
  const { root = document.body, maxCharacters = 7000, redact: patterns = [], secrets = {} } = options
  const redactor = createRedactor({ patterns, secrets: knownSecrets(secrets) })
  return {
    options,
    root,
    redactor,
    goal: '',
    origins: createOrigins(location.href, options.origins ?? []),
    vault: createVault(secrets),
    viewer: createPageViewer({ root, maxCharacters, redactor, ignore: isOwnElement }),
  }
}

/** The part of a site that its pages share: an address for each item would be a source for each. */
function defaultSource(): string {
  const [, first = ''] = location.pathname.split('/')
  return `${location.origin}/${first}`
}
