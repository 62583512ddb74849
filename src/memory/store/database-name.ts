/** Where a memory lies among the databases of its origin. */

export function databaseName(memory: string): string {
  return `reprise/${memory}`
}
