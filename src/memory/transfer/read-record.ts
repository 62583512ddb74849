/** What one line of a file says. It comes from outside: nothing in it is believed, and nothing it holds can make this throw. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import * as z from 'zod/mini'
import type { JsonObject } from '../../core/json.ts'
import { trajectoryInputSchema, trajectorySchema } from '../../core/trajectory-schemas.ts'
import type { Trajectory, TrajectoryInput } from '../../core/trajectory.ts'
import { explain } from '../../util/validate.ts'
import type { ExportHeader } from '../open-memory.ts'
import { isUnconfirmed } from '../page-text.ts'
import { readStanding, type Standing } from './standing.ts'

export type FileRecord =
  | { kind: 'header' }
  | { kind: 'trailer'; sha256: string }
  /** With `import` as the source of its reward. */
  | { kind: 'trajectory'; trajectory: Trajectory; standing: Standing | undefined }
  | { kind: 'bad'; reason: string }
  /** A header after which nothing can be used. */
  | { kind: 'foreign'; reason: string }

const FORMAT: ExportHeader['format'] = 'reprise-trajectories'
const VERSION: ExportHeader['version'] = 1
/** Of a reason, in code units: it may name a field that the file named. */
const LONGEST_REASON = 300

const trailer = z.object({ end: z.literal(true), sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)) })
const text = new TextDecoder('utf-8', { fatal: true })

export function readRecord(bytes: Uint8Array, now: () => number): FileRecord {
  const value = readJson(bytes)
  if (typeof value === 'string') return { kind: 'bad', reason: value }
  const { object } = value
  if (field(object, 'format') === FORMAT) return field(object, 'end') === undefined ? headerOf(object) : trailerOf(object)
  const checked = readTrajectory(object, now)
  return typeof checked === 'string'
    ? { kind: 'bad', reason: checked.length > LONGEST_REASON ? `${checked.slice(0, LONGEST_REASON)} …` : checked }
    : { kind: 'trajectory', trajectory: imported(checked), standing: standingOf(checked, object) }
}

/** What nobody had confirmed waits here too, whatever else the line says of it. */
function standingOf(trajectory: Trajectory, object: object): Standing | undefined {
  const standing = readStanding(field(object, 'standing'))
  return isUnconfirmed(trajectory) ? { ...standing, status: 'quarantined' } : standing
}

/** The object, or why there is none. The parser's own message is not passed on: it quotes the line. */
function readJson(bytes: Uint8Array): { object: object } | string {
  let decoded: string
  try {
    decoded = text.decode(bytes)
  } catch {
    return 'it is not UTF-8 text'
  }
  try {
    const value: unknown = JSON.parse(decoded)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { object: value } : 'it is no JSON object'
  } catch {
    return 'it is not JSON: cut off, damaged, or of another format'
  }
}

function headerOf(object: object): FileRecord {
  const version = field(object, 'version')
  if (version === VERSION) return { kind: 'header' }
  const given = typeof version === 'number' ? `${version}` : 'unknown'
  return {
    kind: 'foreign',
    reason: `the export is of format version ${given}, and this version of the library reads ${VERSION}: nothing of it was used`,
  }
}

function trailerOf(object: object): FileRecord {
  const { data } = z.safeParse(trailer, object)
  return data ? { kind: 'trailer', sha256: data.sha256 } : { kind: 'bad', reason: 'it is the last line of an export, but damaged' }
}

/** A trajectory as `export` writes it, or one that leaves fields out; else what is wrong with it. */
function readTrajectory(object: object, now: () => number): Trajectory | string {
  const whole = z.safeParse(trajectorySchema, object)
  if (whole.success) return whole.data
  const partial = z.safeParse(trajectoryInputSchema, known(object))
  return partial.success ? completed(partial.data, now) : explain(partial.error.issues)
}

const FIELDS = [
  'id',
  'goal',
  'plan',
  'steps',
  'outcome',
  'success',
  'reward',
  'taskId',
  'supersedes',
  'createdAt',
  'provenance',
  'metadata',
] as const satisfies readonly (keyof Trajectory)[]

/** The fields of a trajectory; `null` is a writer's way of leaving one out. */
function known(object: object): object {
  return Object.fromEntries(
    FIELDS.map((name) => [name, field(object, name)] as const).filter(([, value]) => value !== undefined && value !== null),
  )
}

/** As `add` fills in what is left out, except that text of unknown origin may be a page's. */
function completed(input: TrajectoryInput, now: () => number): Trajectory {
  const { provenance, ...given } = input
  const success = given.success ?? true
  return {
    id: given.id ?? nameOf(input),
    plan: '',
    outcome: '',
    reward: success ? 1 : 0,
    createdAt: new Date(now()).toISOString(),
    metadata: {},
    ...given,
    success,
    provenance: { origin: '', model: '', rewardSource: 'import', pageText: true, ...provenance },
  }
}

/** The same for the same content: what has no id of its own is not imported twice either. */
function nameOf(input: TrajectoryInput): string {
  return `import-${bytesToHex(sha256(new TextEncoder().encode(JSON.stringify(input)))).slice(0, 32)}`
}

function imported(trajectory: Trajectory): Trajectory {
  const { metadata, steps, provenance } = trajectory
  for (const part of [metadata, ...steps.map((step) => step.metadata)]) if (part) dropPrototypes(part)
  return { ...trajectory, provenance: { ...provenance, rewardSource: 'import' } }
}

/** A key that means an object's prototype to code that copies carelessly. The schema bounds the depth. */
function dropPrototypes(value: JsonObject): void {
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__')
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) dropPrototypes(inner as JsonObject)
}

function field(object: object, name: string): unknown {
  return Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined
}
