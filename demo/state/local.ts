/** Small things kept in `localStorage`, where there is one; a page that may store nothing goes on without. */

/** What was written under `key`, or `null`: nothing there, not readable, or not allowed. Check what you get. */
export function readJson(key: string): unknown {
  try {
    const text = localStorage.getItem(key)
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}

/** Whether it could be written. */
export function writeJson(key: string, value: object | string | number): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(value))
    return true
  } catch {
    return false
  }
}

export function forget(key: string): void {
  try {
    localStorage.removeItem(key)
  } catch {
    // Where nothing may be stored there is nothing to remove.
  }
}
