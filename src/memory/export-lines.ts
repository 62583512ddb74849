/** An export as its reader gets it, on either side of the worker. */
import type { ExportPart } from './archive.ts'

/** The lines of all parts; each part is asked for when the lines before it have been taken. */
export async function* exportLines(partAt: (cursor: number | undefined) => Promise<ExportPart>): AsyncGenerator<string, void, undefined> {
  let cursor: number | undefined
  do {
    const part: ExportPart = await partAt(cursor)
    yield* part.lines
    cursor = part.next
  } while (cursor !== undefined)
}
