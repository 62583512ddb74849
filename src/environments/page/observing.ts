/** What the agent is told after an action: a note of what was done, and the page as it is now. */
import type { StepResult } from '../../core/environment.ts'
import type { Origins } from '../../security/origins.ts'
import type { Redactor } from '../../security/redaction.ts'
import type { Vault } from '../../security/vault.ts'
import type { PageEnvironmentOptions } from './page-options.ts'
import { digestPage } from './see/digest.ts'
import type { PageViewer } from './see/page-viewer.ts'

/** One environment's state. */
export interface PageRun {
  readonly options: PageEnvironmentOptions
  readonly root: Element
  readonly redactor: Redactor
  readonly origins: Origins
  readonly vault: Vault
  readonly viewer: PageViewer
  /** Of the episode, as the user wrote it. */
  goal: string
}

/** The page as it is now, below the note. */
export async function observe(run: PageRun, { signal, note = '' }: { signal: AbortSignal; note?: string }): Promise<StepResult> {
  const { text } = await run.viewer.view({ signal })
  return { observation: note === '' ? text : `${oneParagraph(note)}${GAP}${text}`, done: false, success: false }
}

const GAP = '\n\n'

/** The note is kept, and the page below it shortened to what counts. */
export function digestObservation(observation: string, action?: string): string {
  const at = observation.indexOf(GAP)
  const note = at === -1 ? '' : observation.slice(0, at)
  if (note === '' || note.includes('\n')) return digestPage(observation, action)
  return `${note.slice(0, 300)}${GAP}${digestPage(observation.slice(at + GAP.length), action)}`
}

/** Notes may quote a page's labels. */
function oneParagraph(note: string): string {
  return note.replaceAll(/\s+/g, ' ')
}
