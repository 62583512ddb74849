/** A page environment on a part of the test's own page, with what happened to it, and to those who were asked. */
import type { ApprovalRequest, Environment, StepContext, StepResult } from '../../../src/core/environment.ts'
import { pageEnvironment } from '../../../src/environments/page/page-environment.ts'
import type { PageEnvironmentOptions } from '../../../src/environments/page/page-options.ts'

export interface OpenPage {
  root: HTMLElement
  environment: Environment
  /** The page as the agent last saw it. */
  seen(): string
  /** What was asked, oldest first. */
  asked: ApprovalRequest[]
  /** Acts; `e(name)` in the action stands for the reference of the element so named. */
  act(verb: string, input?: Record<string, unknown>): Promise<StepResult>
  /** The reference of the line that has all the words. */
  ref(...words: string[]): string
  close(): void
}

export interface OpenPageOptions extends Omit<PageEnvironmentOptions, 'root'> {
  approve?(request: ApprovalRequest): boolean | Promise<boolean>
  signal?: AbortSignal
  goal?: string
}

export async function openPage(
  html: string,
  { approve = () => true, signal = new AbortController().signal, goal = 'g', ...options }: OpenPageOptions = {},
): Promise<OpenPage> {
  const root = document.createElement('main')
  root.innerHTML = html
  document.body.append(root)
  const environment = pageEnvironment({ keep: false, ...options, root })
  const asked: ApprovalRequest[] = []
  const context: StepContext = { signal, approve: async (request) => (asked.push(request), approve(request)) }
  let seen = await environment.reset(goal, { signal })
  return {
    root,
    environment,
    asked,
    seen: () => seen,
    async act(verb, input = {}) {
      const result = await environment.step(JSON.stringify({ tool: verb, input }), context)
      seen = result.observation
      return result
    },
    ref: (...words) => refOf(seen, words),
    close: () => root.remove(),
  }
}

/** What changed stands in the snapshot twice. */
export function refOf(observation: string, words: readonly string[]): string {
  const lines = observation.split('\n').filter((line) => words.every((word) => line.includes(word)))
  const refs = new Set(lines.flatMap((line) => /\[(e\d+)\]/.exec(line)?.[1] ?? []))
  const [ref] = refs
  if (ref === undefined || refs.size > 1) throw new Error(`${refs.size} elements have ${words.join(' and ')} in:\n${observation}`)
  return ref
}
