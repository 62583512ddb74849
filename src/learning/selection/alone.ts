/** One selection of a name at a time. */
import { RepriseError } from '../../core/errors.ts'

/** Two selections under one name would train each other's databases. */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks as LockManager | undefined
  if (!locks) return work()
  return locks.request(`reprise-selection/${name}`, { ifAvailable: true }, (lock) => {
    if (lock) return work()
    throw new RepriseError(
      'memory-blocked',
      `The selection "${name}" is running already, in this page or another tab. Nothing was touched. Wait for it, or end it there.`,
    )
  }) as Promise<T>
}
