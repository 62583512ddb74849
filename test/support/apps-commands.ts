/**
 * Reads the commands of the fixture tasks' solutions, and turns them into a page environment's actions by looking up names in what is
 * seen. Needs no Node: pages may bundle it.
 */

export interface Command {
  verb: 'click' | 'hover' | 'type' | 'clear' | 'select' | 'check' | 'uncheck' | 'press' | 'done'
  /** An ARIA role; `field` is any with that name, `summary` a disclosure's. Empty for `done`. */
  role: string
  name: string
  /** Text, option, key or answer. */
  value: string
  /** The one that follows this text most closely. */
  after: string
}

const COMMAND = /^(click|hover|type|clear|select|check|uncheck|press) ([a-z]+) "([^"]*)"(?: "([^"]*)")?(?: in "([^"]*)")?$/
const DONE = /^done "([^"]*)"$/
/** Roles of the commands that stand for several of a snapshot's. */
const ANY_ROLE = ['field', 'summary']

/** @throws Error for a command that has a mistake */
export function readCommand(line: string): Command {
  const answer = DONE.exec(line)?.[1]
  if (answer !== undefined) return { verb: 'done', role: '', name: '', value: answer, after: '' }
  const [, verb, role = '', name = '', value = '', after = ''] = COMMAND.exec(line) ?? []
  if (verb === undefined) throw new Error(`Not a command: ${line}`)
  return { verb: verb as Command['verb'], role, name, value, after }
}

/** The reference of an element in a snapshot, or null. With `after`, of the one that follows that text most closely. */
export function refOf(observation: string, role: string, name: string, after = ''): string | null {
  const text = withoutChanges(observation)
  const kind = ANY_ROLE.includes(role) ? '[a-z]+' : role
  const pattern = new RegExp(`\\[(e\\d+)\\] ${kind} "${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}"`, 'g')
  const found = Array.from(text.matchAll(pattern), ({ 1: ref = '', index }) => ({ ref, index, start: text.lastIndexOf(after, index) }))
  if (after === '') return found[0]?.ref ?? null
  const following = found.filter(({ start }) => start !== -1)
  return following.toSorted((a, b) => a.index - a.start - (b.index - b.start))[0]?.ref ?? null
}

/** An action as `pageEnvironment` takes it; null where the element is not in the snapshot. */
export function actionOf(line: string, observation: string): string | null {
  const { verb, role, name, value, after } = readCommand(line)
  if (verb === 'done') return `done(${JSON.stringify({ answer: value })})`
  const ref = refOf(observation, role, name, after)
  if (ref === null) return null
  const inputs: Record<Exclude<Command['verb'], 'done'>, [string, object]> = {
    click: ['click', { ref }],
    hover: ['hover', { ref }],
    clear: ['clear', { ref }],
    type: ['type', { ref, text: value }],
    select: ['select', { ref, option: value }],
    check: ['check', { ref, checked: true }],
    uncheck: ['check', { ref, checked: false }],
    press: ['press', { key: value, ref }],
  }
  const [tool, input] = inputs[verb]
  return `${tool}(${JSON.stringify(input)})`
}

/** A snapshot begins with what is new, which stands below once more. */
function withoutChanges(observation: string): string {
  return observation
    .split('\n')
    .filter((line) => !/^(?:new|now|gone): /.test(line))
    .join('\n')
}
