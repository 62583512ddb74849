/** One action on a memory. */
import type { OpenMemory } from '../../../src/memory/open-memory.ts'
import type { Action, Result } from '../page-api.ts'

/** @param onProgress hears how many trajectories of an import are stored, or were before. */
export async function perform(memory: OpenMemory, action: Action, onProgress: (imported: number) => void): Promise<Result> {
  switch (action.kind) {
    case 'add':
      return { stored: await memory.add(action.trajectory) }
    case 'record':
      return memory.record(action.episode)
    case 'delete':
      return { deleted: await memory.delete(action.id) }
    case 'feedback':
      return { known: (await memory.feedback(action.id, action.signal)) !== null }
    case 'accept':
      return { accepted: await memory.accept(action.ids) }
    case 'fork':
      await memory.fork(action.name)
      return null
    case 'import': {
      const source = linesOf(action.trajectories)
      const onPart = ({ imported, skipped }: { imported: number; skipped: number }): void => onProgress(imported + skipped)
      const { imported, skipped, invalid } = await memory.import(source, { accept: action.accept, onProgress: onPart })
      return { imported, skipped, invalid }
    }
  }
}

/** As a file arrives from a disk: a bit at a time. */
async function* linesOf(trajectories: readonly object[]): AsyncGenerator<string, void, undefined> {
  for (const trajectory of trajectories) {
    const line = `${JSON.stringify(trajectory)}\n`
    const middle = Math.floor(line.length / 2)
    yield line.slice(0, middle)
    yield line.slice(middle)
  }
}
