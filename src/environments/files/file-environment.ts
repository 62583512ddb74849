/**
 * A folder of the user's disk, or of the origin's private file system, as an environment: the agent lists, reads, searches, and
 * changes files, within the folder and nowhere else. Changes are asked for, and can be taken back.
 */
import * as z from 'zod/mini'
import type { Environment } from '../../core/environment.ts'
import { createRedactor } from '../../security/redaction.ts'
import { callable, parse, withMethods } from '../../util/validate.ts'
import { toolEnvironment, type ToolEnvironmentOptions } from '../tool-environment.ts'
import { changeLog, undoError, type FileChange } from './change-log.ts'
import { fileTools, type Desk, type StepUnderWay } from './file-tools.ts'
import { fileTree } from './file-tree.ts'

export type { FileChange } from './change-log.ts'

/** What `fileEnvironment` takes. */
export interface FileEnvironmentOptions extends Pick<ToolEnvironmentOptions, 'isDone' | 'taskId' | 'maxCharacters'> {
  /**
   * `ask` (default): every change of a file is asked for, as `submit`; an answer of `'run'` covers further changes of the same file.
   * `allow`: changes are made without asking. Removing a file is asked for every time, as `destructive`.
   */
  writes?: 'ask' | 'allow'
  /** Bytes of a file that is read or written (default 1,000,000); larger ones are told as such. */
  maxFileBytes?: number
  /** Characters (UTF-16) of the texts that are kept so that changes can be undone (default 16,000,000). What would go beyond it is not done. */
  maxUndoCharacters?: number
  /** Of paths relative to the folder, e.g. `notes/.env`: those that are neither listed nor used, with all below them. */
  ignore?(path: string): boolean
  /**
   * What is taken out of every text besides card numbers, one-time codes and tokens; `false` takes nothing out. A file that holds such
   * a thing can be edited around it, but not overwritten whole, since that would lose it.
   */
  redact?: readonly RegExp[] | false
}

/** An environment whose changes the host can look at and take back. */
export interface FileEnvironment extends Environment {
  /** What the episode changed, oldest first, with whole texts from before and after; until the next `reset`. */
  changes(): readonly FileChange[]
  /**
   * Takes back the last of `changes()`, also after the episode; resolves with it, or with `undefined` where there is none. Asks nobody.
   * Errors: `environment-failed` where somebody else changed the file since, or the browser refuses: then nothing is changed.
   */
  undo(): Promise<FileChange | undefined>
}

/**
 * The files below `folder`, in UTF-8, as an environment. Actions are calls as of `toolEnvironment`: `list`, `read`, `search`, `write`,
 * `edit`, `remove`, `undo` and `finish`. Without `isDone`, calling `finish` is the success, on the agent's own word.
 *
 * Paths are relative, and lead down from the folder: `..`, absolute paths, and names that some system takes for something else are
 * observed as problems. Nothing is written into folders of version control (`.git`, …), where a file can become a command. A link in
 * the folder that leads out of it is the browser's to refuse. What files hold was written by others: `source()` says so.
 * Write access for the handle must be there before the episode (`requestPermission({ mode: 'readwrite' })`, in a click).
 *
 * Errors: `invalid-options`; `environment-failed` where the browser no longer lets the page read the folder, or `isDone` returns
 * something else than its contract says; `aborted`. An abort stops before the next file is written.
 *
 * @example
 * const folder = await showDirectoryPicker({ mode: 'readwrite' })
 * const environment = fileEnvironment(folder, { isDone: async ({ finished }) => finished && (await linksWork(folder)) })
 * await agent.train(environment, 'Repair the links between my notes')
 * if (!satisfied) while (await environment.undo());
 */
export function fileEnvironment(folder: FileSystemDirectoryHandle, options: FileEnvironmentOptions = {}): FileEnvironment {
  parse(folderSchema, folder, 'fileEnvironment: the folder')
  parse(optionsSchema, options, 'fileEnvironment options')
  const { isDone, taskId, maxCharacters = 8000, writes = 'ask', redact = [] } = options
  const redactor = redact === false ? undefined : createRedactor({ patterns: redact })
  const tree = fileTree(folder, options.maxFileBytes ?? 1_000_000)
  const log = changeLog(tree, options.maxUndoCharacters ?? 16_000_000)
  let step: StepUnderWay = { action: '', approve: () => Promise.resolve(false) }
  const desk: Desk = {
    tree,
    log,
    folder: folder.name,
    writes,
    ignore: (path) => options.ignore?.(path) ?? false,
    redact: (text) => redactor?.redact(text) ?? text,
    maxCharacters,
    step: () => step,
  }
  const tools = fileTools(desk)
  const list = tools[0]
  const environment = toolEnvironment({
    tools,
    maxCharacters,
    observation: async (_, { signal }) => {
      await log.clear()
      return String(await list?.execute({}, { signal }))
    },
    ...(isDone && { isDone }),
    source: `files:${folder.name}`,
    ...(taskId && { taskId }),
    ...(redactor && { redact: (text) => redactor.redact(text) }),
  })
  return {
    ...environment,
    async step(action, context) {
      const mine: StepUnderWay = { action, approve: (request) => context.approve(request) }
      step = mine
      const result = await environment.step(action, context)
      if (mine.failure) throw mine.failure
      return result
    },
    changes: () => log.changes(),
    undo: () =>
      log.undo(new AbortController().signal).catch((error: unknown) => {
        throw undoError(error)
      }),
  }
}

const folderSchema = withMethods('getFileHandle', 'getDirectoryHandle', 'entries', 'removeEntry')

const optionsSchema = z.strictObject({
  isDone: z.exactOptional(callable),
  taskId: z.exactOptional(callable),
  maxCharacters: z.exactOptional(z.int().check(z.gte(1000))),
  writes: z.exactOptional(z.enum(['ask', 'allow'])),
  maxFileBytes: z.exactOptional(z.int().check(z.gte(1))),
  maxUndoCharacters: z.exactOptional(z.int().check(z.gte(0))),
  ignore: z.exactOptional(callable),
  redact: z.exactOptional(
    z.union([z.literal(false), z.array(z.custom((value) => value instanceof RegExp))], { error: 'must be regular expressions, or false' }),
  ),
})
