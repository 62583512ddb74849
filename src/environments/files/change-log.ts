/**
 * What an episode changed, with the texts from before and after, so that each change can be taken back. The texts are kept in memory,
 * up to a limit; what would go beyond it is not done at all, rather than done for good.
 */
import { RepriseError } from '../../core/errors.ts'
import { throwIfAborted } from '../../util/abort.ts'
import { quote } from '../tool-call.ts'
import type { FileTree } from './file-tree.ts'

/** One change of one file. */
export interface FileChange {
  /** Relative to the opened folder. */
  path: string
  /** The whole text; `null` where there was no such file. */
  before: string | null
  /** The whole text; `null` where the file was removed. */
  after: string | null
}

export interface ChangeLog {
  /** Throws where the texts of the change would not fit in. */
  check(change: FileChange): void
  /**
   * Makes a change and notes it, one at a time. Throws, and changes nothing, where the file is not as `before` says. Once the writing
   * has begun to take effect, an abort does not keep it from being noted.
   */
  make(change: FileChange, signal: AbortSignal): Promise<void>
  /** Oldest first; what was undone is no longer there. */
  changes(): readonly FileChange[]
  /** Takes back the last change; `undefined` where there is none. Throws, and changes nothing, where the file was changed since. */
  undo(signal: AbortSignal): Promise<FileChange | undefined>
  /** Forgets all, once nothing is under way. */
  clear(): Promise<void>
}

/** @param most characters (UTF-16) of all texts together. */
export function changeLog(tree: FileTree, most: number): ChangeLog {
  let made: readonly Made[] = []
  let last: Promise<unknown> = Promise.resolve()
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work)
    last = result.catch(() => {})
    return result
  }
  const expectText = async (path: string, text: string | null, signal: AbortSignal): Promise<void> => {
    if ((await tree.read(path.split('/'), signal)) !== text)
      throw new Error(`${quote(path)} was changed by somebody else meanwhile. Nothing was done. Look at it again.`)
    throwIfAborted(signal)
  }
  const put = async ({ path, after }: FileChange, signal: AbortSignal): Promise<readonly string[]> => {
    if (after !== null) return tree.write(path.split('/'), after, signal)
    await tree.remove(path.split('/'), signal)
    return []
  }

  return {
    check(change) {
      const size = [...made.map((entry) => entry.change), change].reduce((sum, each) => sum + lengthOf(each), 0)
      if (size > most)
        throw new Error(
          `Nothing was done, since it could not be undone: with it, ${size} characters would have to be kept for undoing, and ${most} are. Make smaller changes, or finish.`,
        )
    },
    make: (change, signal) =>
      alone(async () => {
        await expectText(change.path, change.before, signal)
        const folders = await put(change, signal)
        made = [...made, { change, folders }]
      }),
    changes: () => made.map(({ change }) => ({ ...change })),
    undo: (signal) =>
      alone(async () => {
        const entry = made.at(-1)
        if (!entry) return undefined
        const { path, before, after } = entry.change
        await expectText(path, after, signal)
        await put({ path, before: after, after: before }, signal)
        await tree.prune(entry.folders)
        made = made.slice(0, -1)
        return { ...entry.change }
      }),
    clear: () =>
      alone(() => {
        made = []
        return Promise.resolve()
      }),
  }
}

/** The error of a host's `undo`. */
export function undoError(error: unknown): RepriseError {
  const message = error instanceof Error ? error.message : String(error)
  return new RepriseError('environment-failed', `The last change was not undone: ${message} changes() still holds the text from before.`, {
    cause: error,
  })
}

interface Made {
  change: FileChange
  /** Made for it, outermost first. */
  folders: readonly string[]
}

function lengthOf({ before, after }: FileChange): number {
  return (before?.length ?? 0) + (after?.length ?? 0)
}
