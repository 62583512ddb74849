/** `reprise/ui`: asking the person in charge, and showing what an agent does. Nothing touches the page on import. */
export { isOwnElement } from '../security/own-elements.ts'
export { confirmDialog, type Confirm, type ConfirmDialogOptions } from '../ui/confirm-dialog.ts'
export { runPanel, type RunPanel, type RunPanelOptions } from '../ui/run-panel.ts'
export type { Labels, PanelWords, Words } from '../ui/words.ts'
