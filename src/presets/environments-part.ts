/** What acts outside of tools, and what asks about it, as one part of the script tag that is loaded on demand. */
export * from './files.ts'
export * from './page.ts'
export * from './ui.ts'
