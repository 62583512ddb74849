/** What a person can do about an error. The library's messages say what happened; this page adds what to try here. */
import { isRepriseError, type ErrorCode } from 'reprise'

export interface Problem {
  /** The library's code, or `unexpected`. */
  code: ErrorCode | 'unexpected'
  text: string
  advice: string
}

/** @param again the button that starts the same once more. A reload is never the advice for a model: it would lose a remote one's key. */
const adviceFor = (again: string): Record<ErrorCode, string> => ({
  aborted: `Press ${again} to go on from here.`,
  'model-unavailable': `Check the connection and press ${again} again, or choose another model in Setup.`,
  'model-failed': `Check the model’s name, address and key in Setup, then press ${again} again.`,
  'model-output': 'The next goal may go better; if it keeps happening, choose another model in Setup.',
  'embedder-failed': 'Choose the hash embedder in Setup: it needs no download.',
  'embedder-mismatch': 'Choose the embedder this memory was made with in Setup, or press Forget and start over.',
  'memory-corrupt': 'Export what is left, then press Forget and start over.',
  'memory-quota': 'Free some space (other sites’ data, downloads), or delete entries in the memory table.',
  'memory-blocked': 'Leave private browsing, close other tabs of this page, then reload.',
  'memory-closed': 'Reload the page; what was stored is still there.',
  'import-invalid': 'Choose a file that was exported from this page.',
  'environment-failed': 'Only goals of this text world work here: pick one from the list.',
  'approval-denied': 'Nothing was done. Try again and allow the action.',
  'budget-exceeded': 'Try again with a larger budget.',
  'worker-lost': 'Reload the page. If it happens again, the server may not serve all of the playground’s files.',
  'invalid-options': 'Check what was entered in Setup.',
})

export function problemOf(error: unknown, again = 'Train'): Problem {
  if (isRepriseError(error)) return { code: error.code, text: error.message, advice: adviceFor(again)[error.code] }
  const text = error instanceof Error ? error.message : String(error)
  return { code: 'unexpected', text, advice: 'Reload the page. What was stored is still there.' }
}
