/** What a page environment can be told. */
import type { Effect } from '../../core/environment.ts'
import type { Awaitable } from '../../core/json.ts'
import type { VaultEntry } from '../../security/vault.ts'

/** What the host's code says of the goal, after each action. */
export type GoalVerdict = boolean | { done: boolean; success?: boolean; reward?: number }

/** What a check of the goal is given. */
export interface GoalContext {
  goal: string
  /** The part of the page that the agent sees. */
  root: Element
  /** What the agent gave as its answer, once it has said that it is done. */
  answer: string | undefined
  /** The agent has said that it is done. */
  finished: boolean
  signal: AbortSignal
}

/** What `pageEnvironment` takes; all of it may be left out. */
export interface PageEnvironmentOptions {
  /** The part of the page that is seen and acted on (default `document.body`). */
  root?: Element
  /** Called at the start of an episode, the place to bring the page to its start; without it an episode begins with the page as it is. */
  prepare?(goal: string, context: { signal: AbortSignal }): Awaitable<void>
  /**
   * Asked after each action and when the agent says that it is done, which always ends the episode: `true` ends it with success. Without
   * it the agent's own word is the success, and a trajectory stays in quarantine until a person accepts it or `verify` has confirmed it.
   */
  goalCheck?(context: GoalContext): Awaitable<GoalVerdict>
  /** Where links and forms may lead besides the page's own origin, e.g. `https://pay.example.com`. Everywhere else is refused, not asked. */
  origins?: readonly string[]
  /**
   * What elements do that the page's markup does not tell. The nearest element that matches counts, and of what is said of that one the
   * gravest. Origins hold all the same.
   */
  effects?: readonly { selector: string; effect: Effect }[]
  /** Effects graver than this are asked for (default `fill`). */
  askAbove?: Effect
  /** What is taken out of every text besides passwords, cards, one-time codes and tokens. Flags of the expressions are kept; `g` is implied. */
  redact?: readonly RegExp[]
  /** Secrets that the agent may fill in by name, as `{{secret:name}}`, without ever seeing them. */
  secrets?: Readonly<Record<string, VaultEntry>>
  /** Characters of what the page shows, 1,000 or more (default 7,000: what a prompt leaves whole). */
  maxCharacters?: number
  /** Answers what the agent asks the user; without it, it is told that nobody can answer. */
  answer?(question: string, context: { signal: AbortSignal }): Awaitable<string>
  /** Names the task that a goal belongs to, so that an agent is never shown its own answer. */
  taskId?(goal: string): string
  /** Where the page's text comes from, for provenance (default: origin and first part of the path). */
  source?(): string
  /** Keep the run, so that `resumeRun` can take it up after the page was loaded anew (default `true`). */
  keep?: boolean
  /** Hears why a run is not kept, each reason once: private mode, no room, a second run in this tab. The run goes on all the same. */
  onProblem?(reason: string): void
  /** When the page counts as settled after an action: nothing changed for `quietMs` (default 150), or `timeoutMs` went by (default 3,000). */
  settle?: { quietMs?: number; timeoutMs?: number }
}
