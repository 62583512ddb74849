/** What a cascade saves and what it costs in success, beside what it stands between: its teacher alone and its student alone. */
import * as z from 'zod/mini'
import type { PriceTable } from '../../core/budget.ts'
import type { ModelCall } from '../../core/model.ts'
import { formatTable } from '../../util/format-table.ts'
import { priceTableSchema } from '../../util/price-table.ts'
import { wilson, type Interval } from '../../util/statistics.ts'
import { priced } from '../../util/prices.ts'
import { totalsOf } from '../../util/usage.ts'
import { parse } from '../../util/validate.ts'
import type { EpisodeTally } from './tally.ts'

/** One way of running the goals. */
export interface ReportArm {
  /** As the table says it. */
  name: string
  episodes: readonly EpisodeTally[]
}

/** What `cascadeReport` takes. */
export interface CascadeReportOptions {
  /** The teacher's model id: its decisions are the deferred ones. */
  teacher: string
  /** Rows of the table, in this order; with the same goals if they are to be compared. */
  arms: readonly ReportArm[]
  /** Name of the arm that costs are set against: the teacher alone (default `'teacher'`). Without such an arm nothing is set against it. */
  against?: string
  /** For calls that say no cost of their own. Where a price is not known, tokens are all that is told of the cost. */
  prices?: PriceTable
  /** Episodes that the teacher ran to fill the memory, for `breakEvenEpisodes`. */
  demonstrations?: number
}

export interface CascadeReport {
  rows: ArmReport[]
  /** The rows as a Markdown table. */
  markdown: string
}

/** Figures of one arm. Intervals are Wilson's at 95 %, which takes decisions of one episode for independent. */
export interface ArmReport {
  arm: string
  episodes: number
  /** Share of episodes that succeeded. */
  success: Interval
  /** Mean actions an episode. */
  steps: number
  /** Share of actions that the teacher decided. */
  deferredSteps: Interval
  /** The same of all decisions: plans, reasonings and actions. */
  deferredDecisions: Interval
  /** Of all episodes, by model. */
  models: Record<string, ModelTotals>
  /** US dollars an episode; `null` where the price of a call is not known. */
  costUSD: number | null
  /** The cost as a share of the teacher's alone; `null` where either is not known. */
  relativeCost: number | null
  /** Of model calls, an episode. */
  milliseconds: number
  /**
   * Episodes after which the demonstrations have paid for themselves: `n·c_T / (c_T − c)`, with the costs of an episode of the teacher alone and
   * of this arm. `Infinity` where it is not cheaper, `null` where something is not known.
   */
  breakEvenEpisodes: number | null
  /**
   * How many times as much as the student's a token of the teacher must cost for this arm to be cheaper than the teacher alone. `Infinity` where
   * it never is, `null` for an arm without the student.
   */
  breakEvenPriceRatio: number | null
}

export interface ModelTotals {
  calls: number
  inputTokens: number
  outputTokens: number
  /** US dollars; `null` where the price is not known. */
  costUSD: number | null
}

/**
 * Sums up arms of episodes that were counted by `tallyEpisodes`.
 * Errors: `invalid-options`.
 */
export function cascadeReport(options: CascadeReportOptions): CascadeReport {
  parse(schema, options, 'cascadeReport options')
  const alone = options.arms.find(({ name }) => name === (options.against ?? 'teacher'))
  const rows = options.arms.map((arm) => rowOf(arm, alone, options))
  return { rows, markdown: formatTable(withoutEmpty(rows.map((row) => cellsOf(row, options.teacher)))) }
}

const schema = z.strictObject({
  teacher: z.string(),
  arms: z.array(z.object({ name: z.string(), episodes: z.array(z.unknown()) })),
  against: z.optional(z.string()),
  prices: z.optional(priceTableSchema),
  demonstrations: z.optional(z.number().check(z.gte(0))),
})

function rowOf({ name, episodes }: ReportArm, alone: ReportArm | undefined, options: CascadeReportOptions): ArmReport {
  const { teacher, prices, demonstrations } = options
  const n = episodes.length
  const calls = episodes.flatMap((episode) => episode.calls)
  const costUSD = perEpisode(costOf(calls, prices), n)
  const teacherCost = alone
    ? perEpisode(
        costOf(
          alone.episodes.flatMap((episode) => episode.calls),
          prices,
        ),
        alone.episodes.length,
      )
    : null
  const known = costUSD !== null && teacherCost !== null
  return {
    arm: name,
    episodes: n,
    success: wilson(episodes.filter(({ success }) => success).length, n),
    steps: episodes.reduce((sum, { actions }) => sum + actions.length, 0) / n,
    deferredSteps: shareOf(
      episodes.flatMap(({ actions }) => actions),
      teacher,
    ),
    deferredDecisions: shareOf(
      episodes.flatMap(({ decisions }) => decisions),
      teacher,
    ),
    models: modelTotals(calls, prices),
    costUSD,
    relativeCost: known && teacherCost > 0 ? costUSD / teacherCost : null,
    milliseconds: calls.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / n,
    breakEvenEpisodes:
      known && demonstrations !== undefined && alone?.name !== name ? breakEven(demonstrations, teacherCost, costUSD) : null,
    breakEvenPriceRatio: alone ? priceRatio({ calls, n }, alone, teacher) : null,
  }
}

function shareOf(models: readonly string[], teacher: string): Interval {
  return wilson(models.filter((model) => model === teacher).length, models.length)
}

function modelTotals(calls: readonly ModelCall[], prices: PriceTable | undefined): Record<string, ModelTotals> {
  const ids = [...new Set(calls.map(({ model }) => model))]
  return Object.fromEntries(
    ids.map((id) => {
      const own = calls.filter(({ model }) => model === id)
      const sum = (of: (call: ModelCall) => number): number => own.reduce((total, call) => total + of(call), 0)
      const [inputTokens, outputTokens] = [sum(({ usage }) => usage.inputTokens), sum(({ usage }) => usage.outputTokens)]
      return [id, { calls: own.length, inputTokens, outputTokens, costUSD: costOf(own, prices) }]
    }),
  )
}

/** US dollars; `null` where the cost of a call is not known. */
function costOf(calls: readonly ModelCall[], prices: PriceTable | undefined): number | null {
  return totalsOf(calls.map((call) => priced(call, prices))).usage.costUSD ?? null
}

function perEpisode(cost: number | null, n: number): number | null {
  return cost === null || n === 0 ? null : cost / n
}

function breakEven(demonstrations: number, teacherCost: number, cost: number): number {
  if (demonstrations === 0) return 0
  return cost < teacherCost ? (demonstrations * teacherCost) / (teacherCost - cost) : Infinity
}

/** With tokens in and out alike: student tokens over those of the teacher that were saved. */
function priceRatio({ calls, n }: { calls: readonly ModelCall[]; n: number }, alone: ReportArm, teacher: string): number | null {
  const tokens = (all: readonly ModelCall[], own: boolean): number =>
    all.reduce((sum, { model, usage }) => sum + ((model === teacher) === own ? usage.inputTokens + usage.outputTokens : 0), 0)
  const cheap = tokens(calls, false) / n
  if (!(cheap > 0)) return null
  const saved =
    tokens(
      alone.episodes.flatMap((episode) => episode.calls),
      true,
    ) /
      alone.episodes.length -
    tokens(calls, true) / n
  return saved > 0 ? cheap / saved : Infinity
}

function cellsOf(row: ArmReport, teacher: string): Record<string, string | number> {
  const used = Object.entries(row.models)
  const tokens = (own: boolean): string => {
    const some = used.filter(([id]) => (id === teacher) === own).map(([, totals]) => totals)
    if (some.length === 0) return ''
    const mean = (of: (totals: ModelTotals) => number): string => whole(some.reduce((sum, totals) => sum + of(totals), 0) / row.episodes)
    return `${mean(({ inputTokens }) => inputTokens)} + ${mean(({ outputTokens }) => outputTokens)}`
  }
  return {
    '': row.arm,
    n: row.episodes,
    'success % [95 %]': range(row.success),
    steps: row.steps.toFixed(2),
    'steps deferred % [95 %]': range(row.deferredSteps),
    'decisions deferred % [95 %]': range(row.deferredDecisions),
    'student tokens': tokens(false),
    'teacher tokens': tokens(true),
    'US$ an episode': row.costUSD === null ? 'not known' : row.costUSD.toPrecision(3),
    'of the teacher’s cost': row.relativeCost?.toFixed(2) ?? '',
    'model ms an episode': whole(row.milliseconds),
    'pays off after':
      row.breakEvenEpisodes === null ? '' : row.breakEvenEpisodes === Infinity ? 'never' : whole(Math.ceil(row.breakEvenEpisodes)),
    'cheaper from a price ratio of':
      row.breakEvenPriceRatio === null ? '' : row.breakEvenPriceRatio === Infinity ? 'none' : row.breakEvenPriceRatio.toFixed(2),
  }
}

/** Without the columns that say nothing in any row. */
function withoutEmpty(lines: readonly Record<string, string | number>[]): Record<string, string | number>[] {
  return lines.map((line) =>
    Object.fromEntries(Object.entries(line).filter(([column]) => column === '' || lines.some((one) => one[column] !== ''))),
  )
}

/** `97.5 [94.3–98.9]`, in percent; nothing where nothing was tried. */
function range({ value, low, high }: Interval): string {
  if (Number.isNaN(value)) return ''
  const percent = (share: number): string => (100 * share).toFixed(1)
  return `${percent(value)} [${percent(low)}–${percent(high)}]`
}

function whole(value: number): string {
  return Number.isNaN(value) ? '' : Math.round(value).toLocaleString('en')
}
