/** Every row of every database of the page, as text, and what else a page keeps. */

export async function storedTexts(only?: RegExp): Promise<{ where: string; text: string }[]> {
  const texts: { where: string; text: string }[] = []
  for (const { name = '' } of await indexedDB.databases()) {
    if (only && !only.test(name)) continue
    const database = await opened(name)
    if (database) texts.push(...(await rowsOf(database)))
    database?.close()
  }
  for (const [where, storage] of Object.entries({ localStorage, sessionStorage }))
    if (storage.length > 0) texts.push({ where, text: JSON.stringify(storage) })
  return texts
}

function opened(name: string): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    const request = indexedDB.open(name)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => resolve(null)
    // One that is being deleted must not be made again.
    request.onupgradeneeded = () => request.transaction?.abort()
  })
}

async function rowsOf(database: IDBDatabase): Promise<{ where: string; text: string }[]> {
  const names = [...database.objectStoreNames]
  if (names.length === 0) return []
  const transaction = database.transaction(names, 'readonly')
  return Promise.all(
    names.map(
      (name) =>
        new Promise<{ where: string; text: string }>((resolve, reject) => {
          const request = transaction.objectStore(name).getAll()
          request.onsuccess = () =>
            resolve({ where: `${database.name} ${name}`, text: request.result.map((row) => textOf(row)).join('\n') })
          request.onerror = () => reject(new Error(`${database.name} ${name} cannot be read`))
        }),
    ),
  )
}

/** Bytes as letters where they are such. */
function textOf(row: unknown): string {
  return JSON.stringify(row, (_, value: unknown) => {
    if (value instanceof Uint8Array || value instanceof ArrayBuffer) return new TextDecoder('latin1').decode(value)
    return ArrayBuffer.isView(value) ? '' : value
  })
}
