/** The script-tag build's assets: beside the script. Stands in for `assets.ts`. */
import { assetsAt } from './assets-from.ts'
import type { Assets } from './assets.ts'
import { verifiedUrl } from './verified.script.ts'

export const assets: Assets = assetsAt(verifiedUrl)
