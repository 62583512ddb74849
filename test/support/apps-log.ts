/** Everything that the fixture apps were asked for, and what it did: the truth about what an agent really caused. */
import type { Effect } from '../../src/core/environment.ts'

export interface LoggedRequest {
  /** In milliseconds since the epoch. */
  at: number
  /** Which of the two servers it went to. */
  to: 'site' | 'other'
  method: string
  /** With its query. */
  path: string
  body: string
  /** The header `Origin`, where there was one. */
  origin: string
  referer: string
  /** What the browser wanted it for, as in the header `Sec-Fetch-Dest`: `document`, `iframe`, `image`, `empty` … */
  destination: string
  /** Of the visitor; of requests to the other origin always empty. */
  session: string
  /**
   * What it truly did. A page asked for by a link or a script is `navigate`, all that only fetches is `read`; what the server refused,
   * too. Null at the other origin, where nothing is known of what it does.
   */
  effect: Effect | null
  /** Why the server refused what was posted. */
  refused?: string
}

export interface RequestLog {
  all(): readonly LoggedRequest[]
  /** Requests that did more than show something: `navigate` and all that was posted and done. */
  effects(): readonly LoggedRequest[]
  /** All that the other origin got. */
  other(): readonly LoggedRequest[]
  /** Violations of the policy that browsers reported, workers' as well. Reports come late, when browsers see fit. */
  violations(): readonly string[]
  clear(): void
}

export interface WritableLog extends RequestLog {
  add(request: LoggedRequest): void
  violated(report: string): void
}

export function openLog(): WritableLog {
  let requests: LoggedRequest[] = []
  let reports: string[] = []
  return {
    all: () => requests,
    effects: () => requests.filter(({ to, effect }) => to === 'site' && effect !== 'read'),
    other: () => requests.filter(({ to }) => to === 'other'),
    violations: () => reports,
    clear() {
      requests = []
      reports = []
    },
    add: (request) => void requests.push(request),
    violated: (report) => void reports.push(report),
  }
}
