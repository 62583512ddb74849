/** Starts a worker from a URL, under Trusted Types too. */
import { RepriseError } from '../../core/errors.ts'

interface ScriptUrlPolicy {
  createScriptURL(url: string): string
}

interface TrustedTypes {
  createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy
}

let policy: ScriptUrlPolicy | undefined

/**
 * A module worker. On a page that demands Trusted Types the URL passes the policy `reprise`, which that page must allow.
 * Errors: `worker-lost` where the page's policy or the URL's origin forbids it.
 */
export function startWorker(url: string, name: string): Worker {
  try {
    policy ??= (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('reprise', { createScriptURL: (given) => given })
    return new Worker(policy ? policy.createScriptURL(url) : url, { type: 'module', name })
  } catch (error) {
    throw new RepriseError('worker-lost', `The ${name} could not be started from ${url}: ${String(error)}`, { cause: error })
  }
}
