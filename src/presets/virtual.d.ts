declare module 'virtual:manifest' {
  /** Hashes of the files beside the script-tag build, as in a script's `integrity`. */
  export const manifest: Readonly<Record<string, string>>
}
