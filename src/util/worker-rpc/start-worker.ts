/** Starts a worker from a URL, under Trusted Types too. */
import { RepriseError } from '../../core/errors.ts'

interface ScriptUrlPolicy {
  createScriptURL(url: string): string
}

interface TrustedTypes {
  createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy
}

// Never shared: whoever holds it can make a worker of any URL. Two copies of the library in a page need 'allow-duplicates'.
let policy: ScriptUrlPolicy | undefined

/**
 * A module worker. On a page that demands Trusted Types the URL passes the policy `reprise`, which that page must allow.
 * Errors: `worker-lost` where the page's policy or the URL's origin forbids it.
 */
export function startWorker(url: string, name: string): Worker {
  try {
    return new Worker(scriptUrl(url), { type: 'module', name })
  } catch (error) {
    const message = `The ${name} could not be started from ${url}: ${String(error)}. Is that of the page's origin, does worker-src allow it, and trusted-types the policy "reprise"?`
    throw new RepriseError('worker-lost', message, { cause: error })
  }
}

function scriptUrl(url: string): string {
  try {
    policy ??= (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('reprise', { createScriptURL: (given) => given })
  } catch {
    // The page lists its policies without ours. Where it does not enforce them the plain URL will do, else `new Worker` says so.
  }
  return policy?.createScriptURL(url) ?? url
}
