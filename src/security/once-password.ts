/** Fields that were seen as password fields: a site's "show password" makes them plain text fields, and what they hold stays what it was. */

const seen = new WeakSet()

/** Whether it is one now, or was when it was last asked about. */
export function wasPassword(field: object, isPassword: boolean): boolean {
  if (isPassword) seen.add(field)
  return isPassword || seen.has(field)
}
