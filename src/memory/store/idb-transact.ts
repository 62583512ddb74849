/** One transaction of IndexedDB as a promise: all of it, durably, or nothing. */
import type { Transaction } from './idb-schema.ts'

/** Resolves once the transaction has completed. Rejects with the error of `work`, or the browser's own reason, after it has ended. */
export async function transact<T, M extends IDBTransactionMode>(
  begin: () => Transaction<M>,
  work: (transaction: Transaction<M>) => Promise<T>,
): Promise<T> {
  const transaction = begin()
  transaction.done.catch(() => {}) // heard below; without this it would also count as unhandled while work is under way
  try {
    const result = await work(transaction)
    await transaction.done
    return result
  } catch (error) {
    // A failed request aborts by itself; then `error` is the transaction's own reason.
    const reason: unknown = transaction.error ?? error
    await abort(transaction)
    throw reason
  }
}

async function abort(transaction: Transaction<IDBTransactionMode>): Promise<void> {
  try {
    transaction.abort()
  } catch {
    // It is over already.
  }
  await transaction.done.catch(() => {})
}
