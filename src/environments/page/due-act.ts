/** An action on its way to the page. */
import type { StepContext } from '../../core/environment.ts'
import type { Classified } from '../../security/classify.ts'
import type { ElementFacts } from '../../security/element-facts.ts'
import type { PageAct } from './act/page-action.ts'
import type { PageRun } from './observing.ts'
import type { SecretUse } from './page-approval.ts'

/** An action that is due. */
export interface DueAct {
  run: PageRun
  action: PageAct
  /** As the agent wrote it. */
  text: string
  context: StepContext
}

/** What it would do, as of now. */
export interface Judged {
  facts: ElementFacts
  classified: Classified
  /** The secret that it would fill in. */
  secret: SecretUse | undefined
}
