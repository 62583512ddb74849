/** Counts what models take: of an episode, and of a batch. Where there is a budget, what it allows is asked before and after. */
import type { Budget, PriceTable, Totals } from '../core/budget.ts'
import { RepriseError } from '../core/errors.ts'
import type { ModelCall } from '../core/message.ts'
import type { Situation } from '../core/policy.ts'
import { addTotals, addUsage, NO_TOTALS, totalsOf } from '../util/usage.ts'

export interface AccountOptions {
  /** Without one everything may be used up, and is only counted. */
  budget: Budget | undefined
  prices?: PriceTable | undefined
  whose: 'episode' | 'batch'
  /** Milliseconds; what `timeoutMs` is measured by, beside a timer. */
  clock: () => number
}

/** What was taken, and from which budget. */
export interface Account {
  /** Fires when a limit is exceeded; its reason is the error. */
  readonly signal: AbortSignal | undefined
  /** What decisions under way took so far. Their calls count from when they begin, so that many at once cannot exceed their number together. */
  readonly open: Set<Totals>
  /** Adds what a decision took that is over, and how many of its calls were not answered. */
  add(spent: Totals, lost: number): void
  /** The error that ends whatever lives on this budget: beyond a limit, or, where `more` is wanted, at one. */
  refusal(more: boolean, calls?: readonly ModelCall[]): RepriseError | undefined
  /** The call with its cost, where that is known. */
  price(call: ModelCall): ModelCall
  /** Of the decisions that are over; its milliseconds are those since it was opened. */
  totals(): Totals
  /** Stops its timer. */
  close(): void
}

export async function openAccount({ budget, prices, whose, clock }: AccountOptions): Promise<Account> {
  const begun = clock()
  const open = new Set<Totals>()
  let settled = NO_TOTALS
  let lost = 0
  const money = (budget ?? prices) && (await part(import('./limits.ts')))
  const price = (prices && money?.pricesOf(prices)) ?? ((call: ModelCall): ModelCall => call)
  const limits = budget && money?.openLimits({ budget, whose }) // last, since it sets a timer
  const totals = (): Totals => ({ ...settled, milliseconds: clock() - begun })
  return {
    signal: limits?.signal,
    open,
    totals,
    price,
    add: (spent, unanswered) => {
      settled = addTotals(settled, spent)
      lost += unanswered
    },
    refusal: (more, calls = []) => limits?.refusal([...open].reduce(addTotals, { ...totals(), calls: settled.calls + lost }), more, calls),
    close: () => limits?.close(),
  }
}

/** A part that is loaded when it is first needed. */
export function part<T>(loading: Promise<T>): Promise<T> {
  return loading.catch((cause: unknown) => {
    throw new RepriseError('model-unavailable', 'A part of the agent could not be loaded. No model was asked.', { cause })
  })
}

/** One decision, as the accounts see it. */
export interface Spending {
  /** For the policy. */
  hooks: Required<Pick<Situation, 'beforeCall' | 'onCall'>>
  /** The calls that the policy told of. */
  told: readonly ModelCall[]
  /** Settles it with all its calls, or, where it failed, with those told of. Returns their sum, and them with what they cost. */
  end(answered?: readonly ModelCall[]): { calls: ModelCall[]; totals: Totals }
  /** Throws where it went beyond a limit. */
  check(): void
}

/** Begins a decision, which may need no call. Errors: `budget-exceeded` where a limit is exceeded already; at one, its first call is refused. */
export function beginSpending(accounts: readonly [Account, ...Account[]]): Spending {
  const { price } = accounts[0]
  const told: ModelCall[] = []
  const spent = { ...NO_TOTALS }
  let asked = 0
  const check = (more: boolean): void => {
    for (const account of accounts) {
      const refusal = account.refusal(more)
      if (refusal) throw refusal
    }
  }
  check(false)
  for (const { open } of accounts) open.add(spent)
  return {
    told,
    hooks: {
      beforeCall: () => {
        check(true)
        spent.calls = Math.max(++asked, told.length)
      },
      onCall: (call) => {
        const known = price(call)
        spent.calls = Math.max(asked, told.push(known))
        spent.usage = addUsage(spent.usage, known.usage)
        // Ends the decision by the account's signal: a listener does not throw.
        for (const account of accounts) account.refusal(false, [known])
      },
    },
    end: (answered) => {
      const calls = (answered ?? told).map(price)
      const totals = totalsOf(calls)
      for (const account of accounts) {
        account.open.delete(spent)
        // Begun, and cut off or failed. A policy that asks for none tells of all.
        account.add(totals, Math.max(0, asked - calls.length))
        account.refusal(false, calls)
      }
      return { calls, totals }
    },
    check: () => check(false),
  }
}
