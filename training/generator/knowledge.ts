/** What an expert may know: the rules that the examples in its prompt show, and nothing else. */
import type { Grammar } from '../../src/embedded/world/families.ts'

/** Tells grammars apart, invented ones too. */
export function idOf({ goals }: Grammar): string {
  return goals[0] ?? ''
}

/** One rule of the chain: at link `link`, `a` leads to `b`. */
export interface Fact {
  grammar: string
  link: number
  a: string
  b: string
}

/** What one shown episode says, in the order in which it says it. */
export interface Statements {
  /** In a plan or a thought: believed at the time. */
  believed: readonly Fact[]
  /** In an observation. */
  stated: readonly Fact[]
  refuted: readonly Fact[]
}

export interface Knowledge {
  /** Right options as far as is known, what was shown last first. */
  candidates(grammar: string, link: number, a: string): readonly string[]
  /** Adds one episode, which counts more than those before it. */
  add(statements: Statements): void
}

export function createKnowledge(): Knowledge {
  const known = new Map<string, string[]>()
  return {
    candidates: (grammar, link, a) => known.get(slot({ grammar, link, a })) ?? [],
    add({ believed, stated, refuted }) {
      const denied = new Set(refuted.map((fact) => `${slot(fact)} ${fact.b}`))
      const said = new Map<string, string>()
      for (const fact of believed) if (!denied.has(`${slot(fact)} ${fact.b}`)) said.set(slot(fact), fact.b)
      for (const fact of stated) said.set(slot(fact), fact.b)
      for (const [place, b] of said) known.set(place, [b, ...(known.get(place) ?? []).filter((other) => other !== b)])
    },
  }
}

function slot({ grammar, link, a }: Pick<Fact, 'grammar' | 'link' | 'a'>): string {
  return `${grammar} ${link} ${a}`
}
