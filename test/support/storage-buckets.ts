/** Storage buckets of Chromium: each has databases and a quota of its own, and deleting one closes its connections by force. */
import { vi } from 'vitest'

export interface Bucket {
  name: string
  indexedDB: IDBFactory
}

interface WithBuckets {
  storageBuckets: { open(name: string, options?: { quota: number }): Promise<Bucket>; delete(name: string): Promise<void> }
}

let made = 0

export function openBucket({ quota, name = `bucket-${Date.now()}-${made++}` }: { quota?: number; name?: string } = {}): Promise<Bucket> {
  return (navigator as unknown as WithBuckets).storageBuckets.open(name, quota === undefined ? undefined : { quota })
}

/** Databases that are opened from now on lie in it. */
export function useBucket(bucket: Bucket): void {
  vi.stubGlobal('indexedDB', bucket.indexedDB)
}

/** With all it holds. Connections to it end as they do when the browser closes them. */
export function deleteBucket({ name }: Bucket): Promise<void> {
  return (navigator as unknown as WithBuckets).storageBuckets.delete(name)
}
