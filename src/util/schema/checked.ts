/** What a check of a value against a schema says. */

/** A value as its schema gives it, or what is wrong with it. */
export type Checked = { ok: true; value: unknown } | { ok: false; problems: readonly string[] }

/** A complaint about a part of a value. */
export function located(path: string, message: string): string {
  return path ? `${path}: ${message}` : message
}
