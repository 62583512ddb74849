/** The border where outside data meets a schema. Messages are made here, since `zod/mini` carries none. */
import * as z from 'zod/mini'
import { RepriseError, type ErrorCode } from '../core/errors.ts'

/**
 * Parses `value`, or throws a `RepriseError` that names each wrong field and what it should be.
 * @param what names the value in the message, e.g. `'createAgent options'`.
 */
export function parse<S extends z.core.$ZodType>(
  schema: S,
  value: unknown,
  what: string,
  code: ErrorCode = 'invalid-options',
): z.output<S> {
  const result = z.safeParse(schema, value)
  if (result.success) return result.data
  throw new RepriseError(code, `${what}: ${explain(result.error.issues)}.`)
}

/** One line for people: `k must be at least 1; model is missing`. */
export function explain(issues: readonly z.core.$ZodIssue[]): string {
  return issues.map((issue) => `${pathOf(issue.path)} ${fault(issue)}`).join('; ')
}

/** For options that are functions. */
export const callable: z.ZodMiniType = z.custom((value) => typeof value === 'function', { error: 'must be a function' })

export const abortSignal: z.ZodMiniType = z.custom(
  (value) => typeof value === 'object' && value !== null && 'aborted' in value && 'addEventListener' in value,
  {
    error: 'must be an AbortSignal',
  },
)

/** For options that are objects of the caller's making, known by their methods. */
export function withMethods(...methods: string[]): z.ZodMiniType {
  return z.custom(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function'),
    { error: `must be an object with ${methods.join(', ')}` },
  )
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.') || 'the value'
}

function fault(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && !('expected' in issue) ? 'is missing' : `must be ${article(issue.expected)}`
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin)}`
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unit(issue.origin)}`
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`
    case 'unrecognized_keys':
      return `has unknown fields: ${issue.keys.join(', ')}`
    case 'invalid_format':
      return `must be a valid ${issue.format}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    default:
      return issue.message && issue.message !== 'Invalid input' ? issue.message : 'has a wrong value'
  }
}

function article(expected: string): string {
  if (expected === 'int') return 'a whole number'
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters long'
  return origin === 'array' ? ' items long' : ''
}
