/** The browser is asked to keep what is stored even when space runs out: once per page, whatever the number of memories. */
import type { StorageStats } from './open-memory.ts'

type Answer = NonNullable<StorageStats['persistence']>

let asked = false
let answer: Answer | undefined

/** Some browsers ask their user, so nobody waits for the answer. */
export function askToPersist(): void {
  if (asked) return
  asked = true
  void ask().then((given) => (answer = given))
}

/** What the browser said; `undefined` before it did. */
export function persistenceAnswer(): Answer | undefined {
  return answer
}

async function ask(): Promise<Answer> {
  const storage = globalThis.navigator?.storage as StorageManager | undefined // absent where the page is not secure
  if (typeof storage?.persist !== 'function') return 'unavailable'
  try {
    return (await storage.persisted()) || (await storage.persist()) ? 'granted' : 'refused'
  } catch {
    return 'unavailable'
  }
}
