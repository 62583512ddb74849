/**
 * The connection to a database, which browsers close when they like: opened again where that can be done, and closed for good
 * where another tab needs it closed, or what was stored is gone.
 */
import { isRepriseError, type RepriseError } from '../../core/errors.ts'
import { closedError, transactionError } from './idb-errors.ts'
import { openDatabase } from './idb-open.ts'
import type { Database } from './idb-schema.ts'

export interface Connection {
  /** Runs a transaction; once more, on a new connection, where the browser has closed the present one. */
  use<T>(attempt: (db: Database) => Promise<T>): Promise<T>
  close(): void
}

export interface ConnectionOptions {
  name: string
  openTimeout: number
  onRecovered(message: string): void
}

const RECOVERED = 'The browser had closed the connection to the memory; it was opened again. Nothing acknowledged was lost.'
const LOST = 'The browser closed the connection to the memory, and opening it again did not help.'

export async function openConnection({ name, openTimeout, onRecovered }: ConnectionOptions): Promise<Connection> {
  let closed: RepriseError | undefined
  let stopWaiting: (error: RepriseError) => void = () => {}
  const closing = new Promise<never>((_, reject) => (stopWaiting = reject))
  closing.catch(() => {})
  let current: Live | undefined
  const close = (error: RepriseError): RepriseError => {
    closed ??= error
    current?.db.close()
    stopWaiting(closed)
    return closed
  }
  const connect = async (mustExist: boolean): Promise<Live> => {
    const end = new AbortController()
    const db = await openDatabase({
      name,
      timeout: openTimeout,
      mustExist,
      onClosing: (why) => void close(closedError(why)),
      onTerminated: () => end.abort(),
    })
    if (!closed) return { db, ended: end.signal }
    db.close()
    throw closed
  }

  const first = await connect(false)
  current = first
  let live: Promise<Live> = Promise.resolve(first)
  /** One new connection for all transactions that the loss has hit. */
  const reopen = async (lost: Live): Promise<Live> => {
    if (current !== lost) return live
    current = undefined
    live = connect(true).then((opened) => {
      current = opened
      onRecovered(RECOVERED)
      return opened
    })
    live.catch((error: unknown) => close(isRepriseError(error, 'memory-closed') ? error : closedError(LOST, { cause: error })))
    return live
  }
  const attemptOn = async <T>(on: Live, attempt: (db: Database) => Promise<T>): Promise<{ value: T } | 'lost'> => {
    if (closed) throw closed
    try {
      return { value: await attempt(on.db) }
    } catch (error) {
      if (!(error instanceof DOMException)) throw error
      if (!closed && (await isLost(on, error))) return 'lost'
      throw closed ?? (await transactionError(error))
    }
  }
  const waitFor = (opening: Promise<Live>): Promise<Live> =>
    Promise.race([opening, closing]).catch((error: unknown) => {
      throw closed ?? error
    })

  return {
    async use(attempt) {
      if (closed) throw closed
      const on = current ?? (await waitFor(live))
      const once = await attemptOn(on, attempt)
      if (once !== 'lost') return once.value
      const twice = await attemptOn(await waitFor(reopen(on)), attempt)
      if (twice !== 'lost') return twice.value
      throw close(closedError(LOST))
    },
    close: () => void close(closedError('The memory was closed.')),
  }
}

interface Live {
  db: Database
  /** Fires when the browser closes it. */
  ended: AbortSignal
}

/** How long the end of a connection may be heard after the abort of the transaction that it ended (ms). */
const HEARD_LATER = 2_000

async function isLost(live: Live, { name }: DOMException): Promise<boolean> {
  if (isGone(live)) return true
  // Nobody but the browser aborts a transaction in these ways.
  if (name !== 'AbortError' && name !== 'UnknownError') return false
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, HEARD_LATER)
    live.ended.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
  return isGone(live)
}

function isGone({ db, ended }: Live): boolean {
  if (ended.aborted) return true
  try {
    db.transaction('meta')
    return false
  } catch {
    return true
  }
}
