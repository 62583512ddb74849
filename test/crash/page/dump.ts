/** What lies in a database, read without the library; of bytes and vectors only how many there are. */
import { databaseName } from '../../../src/memory/store/database-name.ts'
import { dumpDatabase } from '../../support/version-1.ts'
import type { Dump } from '../page-api.ts'
import { withSizes } from '../with-sizes.ts'

/** `null` where there is no such database. */
export async function dump(name: string): Promise<Dump | null> {
  // To open one that is not there would make it.
  const there = (await indexedDB.databases()).some((database) => database.name === databaseName(name) && (database.version ?? 0) > 0)
  if (!there) return null
  const { version, tables } = await dumpDatabase(name)
  return { version, tables: withSizes(tables) }
}
